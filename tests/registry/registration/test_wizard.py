"""What a changed answer about a member of a registration asks again."""

from random import Random

from dsp_platform.wizard.questions import CHECK, Key
from registry.persons.circumstances import ANY_DIFFICULTY, fields_for
from registry.plausibility.wizard import RARE
from registry.registration.answers import answers_to_details
from registry.registration.questions import MEMBERS
from registry.registration.wizard import RegistrationWizard
from tests.registry.changes.cast import NAME, NO_PAPER

ADULT, CHILD, BABY = "1985-03-27", "2014", "2026-01-01"
SIMPLE = {
    "consent": [{"agree": True, "operators": [], "text": "", "language": "km"}],
    "place": [{"village_code": "01020101", "address": ""}],
    "name": [NAME, {**NAME, "given_name": "តារា"}],
    "relationship": [{"relationship": "child"}, {"relationship": "parent"}],
    "sex": [{"sex": "female"}, {"sex": "male"}],
    "birth": [{"born": born} for born in (ADULT, CHILD, BABY)],
    "document": [NO_PAPER],
    "phone": [{"phone": ""}],
    "difficulties": [{"seeing": "2"}, {"seeing": "1", "hearing": "3"}],
    MEMBERS: [{"more": "no"}],
}


def answer_to(wizard: RegistrationWizard, key: Key, chance: Random):
    if key.name == "circumstances":
        asked = fields_for(wizard.member(key.number))
        return {
            name: chance.choice(["", "none", "some"] if name == ANY_DIFFICULTY else ["", "yes"])
            for name in asked
        }
    if key.name == RARE:
        return said_right(wizard, key)
    return chance.choice(SIMPLE[key.name])


def said_right(wizard: RegistrationWizard, key: Key):
    return {"right": "yes", "confirmed": [one.fact for one in wizard.asked_about(key)]}


def complete(wizard: RegistrationWizard, chance: Random) -> RegistrationWizard:
    while not wizard.is_complete:
        wizard.put(wizard.first_open(), answer_to(wizard, wizard.first_open(), chance))
    return wizard


def replayed(wizard: RegistrationWizard) -> RegistrationWizard:
    """A fresh run with the same answers."""
    fresh = RegistrationWizard({})
    for key in [Key("consent"), *wizard.order()]:
        if key.name == MEMBERS:
            fresh.put(key, {"more": "no"})
        elif key.name != CHECK:
            fresh.put(key, wizard.answer(key) or {})
    return fresh


def test_a_fresh_run_with_the_last_answers_sends_the_same():
    for seed in range(40):
        chance, wizard = Random(seed), RegistrationWizard({})  # noqa: S311
        for _step in range(40):
            pages = [key for key in wizard.order() if key.name != CHECK and wizard.is_open(key)]
            if Key(MEMBERS) in pages and wizard.next_id < 4:
                pages.append(Key("name", wizard.next_id))
            key = chance.choice(pages)
            wizard.put(key, answer_to(wizard, key, chance))
        complete(wizard, chance)
        assert answers_to_details(replayed(wizard).answers) == answers_to_details(wizard.answers)
        for member in wizard.members:
            assert [*wizard._answer_of_member(Key("circumstances", member["id"]))] == fields_for(member)
        facts = [one.fact for one in wizard.findings() if not one.is_impossible]
        assert wizard.confirmed == facts


def answered(**of_head) -> RegistrationWizard:
    """Of a head who lives alone; the first answer of each question, or this one."""
    wizard = RegistrationWizard({})
    while not wizard.is_complete:
        key = wizard.first_open()
        if key.name == "circumstances":
            answer = dict.fromkeys(fields_for(wizard.member(1)), "yes") | {ANY_DIFFICULTY: "none"}
        elif key.name == RARE:
            answer = said_right(wizard, key)
        else:
            answer = of_head.get(key.name, SIMPLE[key.name][0])
        wizard.put(key, answer)
    return wizard


def test_another_sex_forgets_what_is_not_asked_any_more_and_keeps_the_rest():
    wizard = answered()
    wizard.put(Key("sex", 1), {"sex": "male"})
    assert wizard.is_complete
    wizard.put(Key("sex", 1), {"sex": "female"})
    assert wizard.first_open() == Key("circumstances", 1)
    assert "pregnant" not in wizard.member(1)
    assert (wizard.member(1)["working"], wizard.member(1)[ANY_DIFFICULTY]) == ("yes", "none")


def test_another_date_of_birth_asks_a_young_head_again():
    wizard = answered(birth={"born": CHILD})
    wizard.put(Key("birth", 1), {"born": "2015"})
    assert wizard.first_open() == Key(RARE, 1)


def test_a_date_at_which_the_same_is_asked_asks_nothing_again():
    wizard = answered()
    wizard.put(Key("birth", 1), {"born": "1985-03-28"})
    assert wizard.is_complete
