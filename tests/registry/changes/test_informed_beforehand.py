"""Before asking for a change that concerns others, the page says that they are informed and see who asked."""

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.notifications.models import Message
from registry.changes.drafts import save_change_draft
from registry.changes.kinds import KINDS
from registry.changes.moves.terms import terms_for
from registry.models import ChangeRequest
from tests.registry.cast import HEAD_PHONE
from tests.registry.changes.cast import about, ask, decide, joining
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

# What only the head asks for, at the counter, says it there: see test_taking_back.
TOUCHING = [kind.code for kind in KINDS.values() if kind.concerns and not kind.by_head_at_counter]
# After these the head of the former household is notified.
MOVING = ["joins", "leaves", "marriage"]
ALONE = [kind.code for kind in KINDS.values() if not kind.concerns and kind.code not in MOVING]
TOLD = {"en": "get a text message", "km": "ទទួលសារទូរសព្ទ"}
SEEN = {"en": "see that you asked", "km": "ឃើញថាអ្នកបានស្នើ"}
AFRAID = {"en": "Are you afraid of somebody in the household?", "km": "តើអ្នកខ្លាចនរណាម្នាក់ក្នុងគ្រួសារទេ?"}
LEFT = {"en": "head of the household they leave", "km": "មេគ្រួសារនៃគ្រួសារដែលគេចាកចេញ"}
NO_YES = {"en": "Do not say yes", "km": "កុំឆ្លើយយល់ព្រម"}
HELP_LEFT = {"en": "When somebody moves out", "km": "ពេលមានអ្នកចេញទៅរស់នៅទីផ្សេង"}
HELP = {"en": "see who asked", "km": "ឃើញថានរណាបានស្នើ"}


@pytest.fixture
def answers(heng, maly, rith):
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    return {
        "death": {"who": about(maly), "died": {"died": "2026-11-20"}},
        "head": {"head": about(maly), "relationships": relations},
        "move": {"place": {"village_code": "01020101", "address": ""}},
        "address": {"address": {"address": "ផ្ទះលេខ ៩"}},
        "payee": {"payee": about(maly)},
        "birth-date": {"who": about(rith), "birth": {"born": "2001-05-05"}},
    }


@pytest.fixture
def client(heng):
    client = browser(heng)
    session = client.session
    session["proved_at"] = int(timezone.now().timestamp())
    session.save()
    return client


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", TOUCHING)
def test_it_is_said_before_the_first_question_and_before_the_button(client, heng, answers, kind, language):
    save_change_draft(owner=heng, assisted_session=None, kind=kind, answers=answers[kind])
    for page in (f"my/changes/{kind}/", f"my/changes/{kind}/check/"):
        answer = client.get(f"/{language}/{page}")
        assert answer.status_code == 200
        shown = answer.content.decode()
        assert TOLD[language] in shown
        assert (SEEN[language] in shown) == (not KINDS[kind].at_once)
        assert AFRAID[language] in shown


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", MOVING)
def test_that_the_head_hears_of_a_move_is_said_too(maly_at_home, maly, family_of_one, sokha, kind, language):
    gone = {"where": {"where": "elsewhere"}}
    answers = {
        "joins": joining(sokha.person),
        "leaves": {"who": about(maly), **gone},
        "marriage": {"who": about(maly), "living": {"living": "elsewhere"}, **gone},
    }
    save_change_draft(owner=maly_at_home, assisted_session=None, kind=kind, answers=answers[kind])
    for page in (f"my/changes/{kind}/", f"my/changes/{kind}/check/"):
        answer = browser(maly_at_home).get(f"/{language}/{page}")
        assert answer.status_code == 200
        assert LEFT[language] in answer.content.decode()
        assert AFRAID[language] in answer.content.decode()


@pytest.mark.parametrize("kind", MOVING)
def test_and_so_it_is(heng, maly, maly_at_home, family_of_one, sokha, other_clerk, commune_clerk, kind):
    """Of changes without a hearing these messages go to the head, who did not request them."""
    gone = {"where": {"where": "elsewhere"}}
    if kind == "joins":
        request, clerk = ask(sokha, kind, **joining(maly)), commune_clerk
        ChangeRequest.objects.update(
            confirmation="phone", confirmed_terms=terms_for(maly_at_home, request).digest
        )
    elif kind == "leaves":
        request, clerk = ask(maly_at_home, kind, who=about(maly), **gone), other_clerk
    else:
        living = {"living": {"living": "elsewhere"}}
        request, clerk = ask(maly_at_home, kind, who=about(maly), **living, **gone), other_clerk
    request.refresh_from_db()
    decide(request, clerk)
    assert Message.objects.filter(template="details_changed", phone=HEAD_PHONE).exists()


@pytest.mark.parametrize("kind", ALONE)
def test_what_touches_nobody_else_says_nothing_of_it(client, kind):
    assert AFRAID["en"] not in client.get(f"/en/my/changes/{kind}/").content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_an_official_says_it_to_the_person(heng, maly, other_clerk, language):
    """The person in whose name it is asked is informed too."""
    AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x"
    )
    shown = browser(other_clerk).get(f"/{language}/my/changes/payee/").content.decode()
    assert TOLD[language] in shown
    assert AFRAID[language] not in shown
    assert {"en": "Tell whoever is with you so", "km": "សូមប្រាប់អ្នកដែលនៅជាមួយអ្នក"}[language] in shown


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", MOVING)
def test_an_official_says_that_the_head_hears_of_it(maly, other_clerk, kind, language):
    AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x"
    )
    shown = browser(other_clerk).get(f"/{language}/my/changes/{kind}/").content.decode()
    assert LEFT[language] in shown
    assert AFRAID[language] not in shown
    assert {"en": "Tell whoever is with you so", "km": "សូមប្រាប់អ្នកដែលនៅជាមួយអ្នក"}[language] in shown


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_says_yes_to_a_move_reads_it_before(maly, maly_at_home, family_of_one, sokha, language):
    request = ask(sokha, "joins", **joining(maly))
    shown = browser(maly_at_home).get(f"/{language}/my/moves/{request.reference}/").content.decode()
    assert LEFT[language] in shown
    assert f"{AFRAID[language]} {NO_YES[language]}" in shown


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_takes_a_yes_at_the_counter_says_it_before(
    maly, maly_at_home, family_of_one, sokha, other_clerk, language
):
    request = ask(sokha, "joins", **joining(maly))
    page = f"/{language}/counter/moves/{request.reference}/"
    assert LEFT[language] in browser(other_clerk).get(page).content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_help_says_it_too(client, language):
    shown = client.get(f"/{language}/help/changes/").content.decode()
    assert HELP[language] in shown
    assert HELP_LEFT[language] in shown
