"""Whoever asks for what touches others reads before the button that they are told, and see who asked."""

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import Case
from registry.changes.kinds import KINDS
from registry.services import save_change_draft
from tests.registry.changes.cast import about, ask, joining
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

TOUCHING = [kind.code for kind in KINDS.values() if kind.concerns]
LETTING_GO = ("leaves", "marriage")
ALONE = [kind.code for kind in KINDS.values() if not kind.concerns and kind.code not in LETTING_GO]
AFTER = {"en": "Once somebody has moved out", "km": "ក្រោយពេលមានអ្នកចេញទៅរស់នៅទីផ្សេង"}
DONE = {"en": "the head of the household that is left", "km": "មេគ្រួសារដែលគាត់ចាកចេញ"}
TOLD = {"en": "get a text message", "km": "ទទួលសារទូរសព្ទ"}
SEEN = {"en": "see that you asked", "km": "ឃើញថាអ្នកបានស្នើ"}
AFRAID = {"en": "Are you afraid of somebody in the household?", "km": "តើអ្នកខ្លាចនរណាម្នាក់ក្នុងគ្រួសារទេ?"}
HELP = {"en": "see who asked", "km": "ឃើញថានរណាបានស្នើ"}


@pytest.fixture
def answers(heng, maly, rith):
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    return {
        "death": {"who": about(maly), "died": {"born": ["2026-11-20", "day"]}},
        "head": {"head": about(maly), "relationships": relations},
        "move": {"place": {"village_code": "01020101", "address": ""}},
        "address": {"address": {"address": "ផ្ទះលេខ ៩"}},
        "payee": {"payee": about(maly)},
        "birth-date": {"who": about(maly), "birth": {"born": ["2013-06-01", "day"]}},
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
    save_change_draft(owner=heng, case=None, kind=kind, answers=answers[kind])
    for page in (f"my/changes/{kind}/", f"my/changes/{kind}/check/"):
        answer = client.get(f"/{language}/{page}")
        assert answer.status_code == 200
        shown = answer.content.decode()
        assert TOLD[language] in shown
        assert (SEEN[language] in shown) == (not KINDS[kind].at_once)
        assert AFRAID[language] in shown


def test_each_by_which_somebody_may_move_out_says_so():
    assert {kind.code for kind in KINDS.values() if kind.lets_go} == {*LETTING_GO}


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", LETTING_GO)
def test_that_the_head_is_told_of_who_moves_out_is_said_before(client, heng, maly, kind, language):
    going = {"who": about(maly), "where": {"where": "elsewhere"}}
    answers = {"leaves": going, "marriage": {**going, "living": {"living": "elsewhere"}}}[kind]
    save_change_draft(owner=heng, case=None, kind=kind, answers=answers)
    for page in (f"my/changes/{kind}/", f"my/changes/{kind}/check/"):
        answer = client.get(f"/{language}/{page}")
        assert answer.status_code == 200
        assert AFTER[language] in answer.content.decode()
        assert AFRAID[language] in answer.content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", LETTING_GO)
def test_an_official_tells_the_person_so(maly, other_clerk, kind, language):
    Case.objects.create(official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x")
    shown = browser(other_clerk).get(f"/{language}/my/changes/{kind}/").content.decode()
    assert AFTER[language] in shown
    assert {"en": "Tell the person so", "km": "សូមប្រាប់សាមីខ្លួន"}[language] in shown


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_says_yes_to_a_move_reads_that_their_head_is_told(
    maly, maly_at_home, family, sokha, commune_clerk, language
):
    request = ask(sokha, "joins", **joining(maly))
    own, counter = (f"/{language}/{room}/moves/{request.reference}/" for room in ("my", "counter"))
    assert DONE[language] in browser(maly_at_home).get(own).content.decode()
    assert DONE[language] in browser(commune_clerk).get(counter).content.decode()


@pytest.mark.parametrize("kind", ALONE)
def test_what_touches_nobody_else_says_nothing_of_it(client, kind):
    assert AFRAID["en"] not in client.get(f"/en/my/changes/{kind}/").content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_an_official_says_it_to_the_person(heng, maly, other_clerk, language):
    """In whose name it is asked: that one is told too."""
    Case.objects.create(official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x")
    shown = browser(other_clerk).get(f"/{language}/my/changes/payee/").content.decode()
    assert TOLD[language] in shown
    assert AFRAID[language] not in shown
    assert {"en": "Tell the person so", "km": "សូមប្រាប់សាមីខ្លួន"}[language] in shown


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_help_says_it_too(client, language):
    assert HELP[language] in client.get(f"/{language}/help/changes/").content.decode()
