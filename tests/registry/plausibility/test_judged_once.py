"""Every question of a page asks what is rare: for the same answers it is judged once."""

import pytest

from dsp_platform.wizard.questions import Key
from registry.models import Draft
from registry.persons import plausible
from registry.plausibility.wizard import RARE
from registry.registration.answers import HEAD_ID
from registry.registration.wizard import RegistrationWizard
from tests.registry.changes.cast import NAME

MEMBERS = 39


def large_household() -> dict:
    about = {"sex": "female", "document_type": "none", "document_number": ""}
    done = ["name", "relationship", "sex", "birth", "document", "phone"]
    members = [
        {
            **NAME,
            "given_name": f"ស្រី{chr(0x1780 + number)}",
            **about,
            "id": number,
            "born": f"{1950 + number}-01-05",
            "relationship": "other_relative",
            "phone": "",
            "done": done,
        }
        for number in range(HEAD_ID, HEAD_ID + MEMBERS)
    ]
    return {
        "consent": {"agree": True, "operators": [], "text": "", "language": "km"},
        "place": {"village_code": "01020101", "address": ""},
        "members": members,
        "last": members[-1]["id"],
    }


@pytest.fixture
def judged(monkeypatch):
    """How often the rules were asked."""
    calls = []
    judge = plausible.findings
    monkeypatch.setattr(plausible, "findings", lambda situation: calls.append(1) or judge(situation))
    return calls


def test_a_wizard_is_judged_anew_only_after_another_answer(judged):
    wizard = RegistrationWizard(large_household())
    for key in wizard.order():
        wizard.is_open(key)
        wizard.before(key)
    assert len(judged) == 1
    wizard.put(Key("birth", HEAD_ID), {"born": "1916"})
    assert {one.rule.code for one in wizard.findings()} == {"age", "household-size"}
    assert len(judged) == 2
    wizard.answers["members"][1]["born"] = "1917"
    assert [one.rule.code for one in wizard.findings()].count("age") == 2


def test_what_was_said_to_be_right_is_judged_no_second_time(judged):
    wizard = RegistrationWizard(large_household())
    facts = [one.fact for one in wizard.findings()]
    wizard.put(Key(RARE), {"right": "yes", "confirmed": facts})
    assert wizard.confirmed == facts
    assert len(judged) == 1


@pytest.mark.django_db
def test_a_page_of_a_large_household_is_judged_once_when_shown_and_twice_when_sent(
    judged, phone_of_sokha, sokha, areas
):
    Draft.objects.create(owner=sokha, answers=large_household())
    page = f"/en/register/member/{HEAD_ID + 5}/sex/"
    assert phone_of_sokha.get(page).status_code == 200
    assert len(judged) == 1
    judged.clear()
    assert phone_of_sokha.post(page, {"sex": "male"}).status_code == 302
    assert len(judged) == 2  # before the answer and after it
