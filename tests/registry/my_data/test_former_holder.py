"""Somebody who takes over an account reads no messages or reports of its former holder."""

import json
from uuid import uuid4

import pytest
from django.urls import URLResolver, get_resolver

from dsp_platform.accounts.models import Passkey
from dsp_platform.accounts.my_account.selectors import history_of, holder_since, phone_holder_since
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.models import Message
from grievances import services as grievances
from grievances.categories import SENSITIVE
from grievances.models import Grievance
from registry.claims import services
from registry.models import Person
from registry.my_data.sections import sections
from registry.my_data.selectors import data_subject
from tests.registry.cast import HEAD_PHONE
from tests.registry.changes.cast import about, ask, decide, heard
from tests.registry.claims.test_change_of_holder import identity_of, move_record_to
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
OF_HIS_APPLICATION = "A-OLDO-WNER"
HIS_WORDS = "ពាក្យរបស់គាត់"
WORDS_FOR_THE_HEAD = "ពាក្យសម្រាប់មេគ្រួសារ"
# Messages of the first three; the others are shown on pages.
REPORTED = ("payment", "abuse", "data", "staff", "other")


def tell(account, category: str) -> Grievance:
    words = HIS_WORDS if category in SENSITIVE else WORDS_FOR_THE_HEAD
    details = grievances.Details(category=category, text=words, phone=account.phone)
    return grievances.report_grievance(
        actor=account, assisted_session=None, submission=uuid4(), details=details, language="km"
    )


@pytest.fixture
def his(maly, heng):
    """The messages to Heng and his reports, in words that appear on pages."""
    reported = [tell(heng, category).reference for category in REPORTED if category in SENSITIVE]
    notifications.send(
        phone=HEAD_PHONE,
        language="km",
        template="application_received",
        params={"reference": OF_HIS_APPLICATION},
    )
    Passkey.objects.create(user=heng, credential_id=b"1", credential=b"1", name="ទូរស័ព្ទរបស់គាត់")
    passkeys.remove_all(user=heng, tell=True)
    return [*reported, OF_HIS_APPLICATION, HIS_WORDS]


@pytest.fixture
def passing(heng):
    """What he reported that passes to the head of the household when he dies."""
    reported = [tell(heng, category).reference for category in REPORTED if category not in SENSITIVE]
    return [*reported, WORDS_FOR_THE_HEAD]


@pytest.fixture
def dead(his, passing, heng, maly, maly_at_home, rith, other_clerk):
    died = {"died": "2026-11-20"}
    asked = ask(
        maly_at_home,
        "death",
        who=about(heng.person),
        died=died,
        head=about(maly),
        relationships={rith.spid: "child"},
    )
    decide(heard(asked), other_clerk)
    heng.refresh_from_db()
    return heng


@pytest.fixture
def passed_on(dead, maly):
    """His SIM is hers now, and so is the account."""
    Person.objects.filter(pk=maly.pk).update(account=None)
    move_record_to(maly, HEAD_PHONE)
    services.begin_claim(account=dead, identity=identity_of(maly), proved=True)
    assert Person.objects.get(pk=maly.pk).account == dead
    dead.refresh_from_db()
    return dead


def own_pages(patterns=None, before="/en/") -> list[str]:
    """Every URL without arguments."""
    found = []
    for one in patterns or get_resolver().url_patterns:
        part = before if one.pattern.__class__.__name__ == "LocalePrefixPattern" else None
        here = part or before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += own_pages(one.url_patterns, here)
        elif "<" not in here and "(" not in here and "\\" not in here and "/admin/" not in here:
            found.append(here)
    return found


def shown_to(account) -> str:
    """All pages of an account, concatenated."""
    reports = [f"/en/grievances/{one.reference}/" for one in Grievance.objects.order_by("pk")]
    pages = [browser(account).get(page) for page in [*own_pages(), *reports]]
    assert sum(page.status_code == 200 for page in pages) > 15
    return "".join(page.content.decode() for page in pages if not page.streaming)


def test_he_reads_it_himself(his, passing, heng):
    """Checks that the words below are found where they belong."""
    shown = shown_to(heng)
    assert [words for words in [*his, *passing] if words not in shown] == []
    assert "All passkeys were removed" in shown


def test_nobody_reads_on_his_account_what_was_his_or_passed_to_the_head(his, passing, dead):
    shown = shown_to(dead)
    assert [words for words in [*his, *passing] if words in shown] == []


def test_the_next_holder_reads_what_passed_to_her_and_nothing_that_was_his(his, passing, passed_on):
    """She is the head of the household now."""
    shown = shown_to(passed_on)
    assert [words for words in passing if words not in shown] == []
    assert [words for words in his if words in shown] == []


def test_nor_does_the_download(his, passed_on, maly):
    maly.refresh_from_db()
    whose = data_subject(maly, full_numbers=True)
    taken = {one.name: one.build(whose) for one in sections()}
    text = json.dumps(taken, ensure_ascii=False, default=str)
    assert [words for words in his if words in text] == []
    until = holder_since(passed_on)
    before = Message.objects.filter(phone=HEAD_PHONE, created_at__lt=until).count()
    after = Message.objects.filter(phone=HEAD_PHONE, created_at__gte=until).count()
    assert before > 3
    assert len(taken["messages"]) == after


def test_what_was_changed_about_signing_in_begins_anew(his, passed_on):
    assert history_of(passed_on) == []


def test_one_moment_holds_for_the_account_and_its_number(passed_on):
    assert holder_since(passed_on) == phone_holder_since(passed_on) > passed_on.date_joined
