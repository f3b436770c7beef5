"""Nobody who has died is to be asked, no page names a time to answer that is over, and who has no phone is
told how else they learn of the decision."""

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.templatetags.site_tags import runs
from registry.changes.hearings.selectors import hearing_of
from registry.changes.kinds import KINDS
from registry.changes.timeline import what_next
from registry.templatetags.changes_tags import household_heard
from tests.registry.changes.cast import BABY, about, ask, heard
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
DIED = {"died": "2026-11-20"}
UNTIL = {"en": "can answer until", "km": "អាចឆ្លើយរហូតដល់"}
HEARD = [code for code, kind in KINDS.items() if kind.is_heard]


@pytest.fixture
def answers(heng, maly, rith):
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    return {
        "death": {"who": about(rith), "died": DIED},
        "head": {"head": about(maly), "relationships": relations},
        "take-back": {},
        "move": {"place": {"village_code": "01020101", "address": ""}},
        "payee": {"payee": about(maly)},
        "birth-date": {"who": about(rith), "birth": {"born": "2001-05-05"}},
    }


@pytest.fixture
def at_counter(other_clerk):
    def case(person) -> dict:
        session = AssistedSession.objects.create(
            official=other_clerk, subject_id=person.pk, reason="account", consent_text="x"
        )
        return {"actor": other_clerk, "assisted_session": session}

    return case


def test_every_kind_that_is_heard_is_walked(answers):
    assert answers.keys() == set(HEARD)


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", HEARD)
def test_a_time_to_answer_is_named_only_while_it_lasts(
    maly_at_home, other_clerk, commune_clerk, district, heng, at_counter, answers, kind, language
):
    """Maly is heard, and has not answered."""
    asks = at_counter(heng.person) if KINDS[kind].by_head_at_counter else {"actor": heng}
    request = ask(kind=kind, right=True, **asks, **answers[kind])
    decides = browser(commune_clerk if KINDS[kind].moves_home else other_clerk)
    if request.asked_by == other_clerk:
        decides = browser(district)
    pages = {
        browser(maly_at_home): f"/{language}/my/household-changes/{request.reference}/",
        decides: f"/{language}/counter/changes/{request.reference}/",
    }
    if kind == "birth-date":  # the head alone is asked, and it is he who asks
        del pages[next(iter(pages))]
    until = hearing_of(request).until
    assert kind == "birth-date" or until > timezone.now()
    for client, page in pages.items():
        shown = client.get(page).content.decode().replace("\u200b", "")
        assert (UNTIL[language] in shown) == (until is not None)
    heard(request)
    assert hearing_of(request).until is None
    for client, page in pages.items():
        answer = client.get(page)
        assert answer.status_code == 200
        assert UNTIL[language] not in answer.content.decode().replace("\u200b", "")


def test_who_is_said_to_have_died_is_not_to_be_asked(phoneless, heng, rith, other_clerk):
    death = ask(heng, "death", who=about(phoneless), died=DIED)
    assert phoneless in hearing_of(death).not_informed
    assert phoneless not in hearing_of(death).to_ask
    assert phoneless.name not in household_heard(death)["to_ask"]
    page = browser(other_clerk).get(f"/en/counter/changes/{death.reference}/").content.decode()
    assert "Ask the others" not in page
    assert str(runs(phoneless.name)) in page


def test_others_without_a_phone_are_to_be_asked(phoneless, heng):
    payee = ask(heng, "payee", payee=about(phoneless))
    assert household_heard(payee)["to_ask"] == [phoneless.name]


def test_a_death_of_somebody_who_lived_alone_is_nobodys_to_answer(family_of_one, sokha, commune_clerk):
    alone = family_of_one.memberships.get().person
    case = AssistedSession.objects.create(
        official=commune_clerk, subject_id=alone.pk, reason="account", consent_text="x"
    )
    client = browser(commune_clerk)
    assert client.get("/en/my/changes/death/").status_code == 200
    with translation.override("en"):
        death = ask(commune_clerk, "death", assisted_session=case, died=DIED)
        assert "Members whom it concerns" not in what_next(death)
    for page in ("my/changes/death/", "my/changes/death/check/"):
        assert "Those of the household" not in client.get(f"/en/{page}", follow=True).content.decode()


@pytest.mark.parametrize("kind", ["birth", "payee", "leaves"])
def test_who_has_no_phone_learns_of_the_decision_in_another_way(phoneless, maly, heng, at_counter, kind):
    answers = {
        "birth": BABY,
        "payee": {"payee": about(heng.person)},
        "leaves": {"who": about(phoneless), "where": {"where": "elsewhere"}},
    }
    with translation.override("en"):
        words = what_next(ask(kind=kind, **at_counter(phoneless), **answers[kind]))
        told = what_next(ask(heng, "birth", **BABY))
    assert "There is no phone for a text message" in words
    assert "You get a text message" not in words
    assert "You get a text message when it is decided" in told
