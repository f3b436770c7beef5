"""What the check page of a change stands for, and what a changed answer asks again."""

from datetime import date
from random import Random

import pytest
from django.utils import translation

from dsp_platform.wizard.questions import CHECK, Key
from registry.changes import context
from registry.changes.context import HouseholdContext
from registry.changes.kinds import KINDS
from registry.changes.wizard import ChangeWizard
from registry.models import Household, Membership, Person
from registry.persons import ages
from registry.plausibility.wizard import RARE
from tests.registry.changes.cast import BABY

DIED = {"died": "2026-11-20"}


def member(number: int, relationship: str, sex: str, year: int) -> Membership:
    person = Person(pk=number, spid=f"{number:012}", sex=sex, date_of_birth=date(year, 5, 1))
    return Membership(person=person, relationship=relationship)


HEAD, WIFE, SON, CHILD = (
    member(1, "head", "male", 1980),
    member(2, "spouse", "female", 1982),
    member(3, "child", "male", 2004),
    member(4, "child", "female", 2019),
)


def household(*members: Membership, subject: Membership = HEAD) -> HouseholdContext:
    return HouseholdContext(home=Household(), members=list(members), subject=subject.person)


@pytest.fixture(autouse=True)
def _ages(monkeypatch):
    """Who is a child, without asking the database."""
    for module in (context, ages):
        monkeypatch.setattr(module, "children", lambda _persons: {CHILD.person.pk})


FAMILY = household(HEAD, WIFE, SON, CHILD)


def about(one: Membership) -> dict[str, str]:
    return {"person": one.person.spid}


def digest_of(*members: Membership, kind: str = "death", **answers) -> str:
    return ChangeWizard(KINDS[kind], household(*members), answers).digest()


def test_the_digest_is_also_of_the_person_who_was_not_asked_for():
    assert digest_of(HEAD, WIFE) == digest_of(HEAD, WIFE)
    assert digest_of(HEAD, WIFE) != digest_of(HEAD, SON)


def test_the_digest_is_also_of_the_household_on_record():
    chosen = {"who": about(WIFE), "died": DIED}
    renamed = Person(
        pk=2, spid=WIFE.person.spid, family_name="ស", sex="female", date_of_birth=date(1982, 5, 1)
    )
    families = [
        (HEAD, WIFE, SON),
        (HEAD, WIFE, SON, CHILD),
        (HEAD, WIFE, member(3, "sibling", "male", 2004)),
        (HEAD, Membership(person=renamed, relationship="spouse"), SON),
    ]
    assert len({digest_of(*family, **chosen) for family in families}) == len(families)


def test_the_digest_is_also_of_what_is_replaced():
    other = member(2, "spouse", "male", 1982)
    answers = {"who": about(WIFE), "sex": {"sex": "female"}}
    assert digest_of(HEAD, WIFE, kind="sex", **answers) != digest_of(HEAD, other, kind="sex", **answers)


def test_the_digest_is_the_same_in_both_languages():
    shown = set()
    for language in ("km", "en"):
        with translation.override(language):
            shown.add(digest_of(HEAD, WIFE, SON, who=about(SON), died=DIED))
    assert len(shown) == 1


def answer_to(wizard: ChangeWizard, key: Key, chance: Random):
    """One of the answers that the page takes."""
    if key.name == RARE:
        return {"right": "yes", "confirmed": [one.fact for one in wizard.asked_about(key)]}
    page = page_of(wizard, key)
    if key.name in ("who", "head", "payee"):
        return {"person": chance.choice(page["members"])}
    if key.name == "mother":
        return {"mother": chance.choice(["none", WIFE.person.spid])}
    if key.name == "relationships":
        return {spid: chance.choice(["child", "parent"]) for spid in page["members"]}
    given = {
        "known": [{"has_spid": "yes", "spid": "A"}, {"has_spid": "no", "spid": ""}],
        "living": [{"living": "here"}, {"living": "elsewhere"}],
        "where": [{"where": "own"}, {"where": "elsewhere"}],
        "circumstances": [{}, {"difficulty": "some"}, {"difficulty": "none"}],
        "difficulties": [{}, {"seeing": "2"}],
        "died": [DIED, {"died": "2026"}],
        "phone": [{"phone": "+85512345678"}, {"phone": "+85512345679"}],
        "place": [{"village_code": "01020101", "address": ""}, {"village_code": "01020201", "address": ""}],
        "address": [{"address": "1"}, {"address": "2"}],
    }
    if key.name == "document" and wizard.kind.corrects:
        return {"document_type": "passport", "document_number": chance.choice(["N1", "N2"])}
    return chance.choice(given.get(key.name) or [BABY[key.name], {**BABY[key.name], "other": "1"}])


def page_of(wizard: ChangeWizard, key: Key):
    """Whom a page asks about, and from what to choose."""
    members = [one.person.spid for one in wizard.choices]
    if key.name not in ("who", "place"):
        offered = wizard.questions[key.name].options(None, wizard, key)
        members = [*offered.get("people", ())]
    person = wizard.person.spid if wizard.person and key.name != "who" else ""
    return {"about": person, "members": members}


def open_pages(wizard: ChangeWizard) -> list[Key]:
    return [key for key in wizard.order() if key.name != CHECK and wizard.is_open(key)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_stands_only_while_its_page_would_ask_the_same(kind):
    """Whatever is answered and changed, in whatever order: nothing that was said of another person, or chosen
    from other members, is left, nor what is not asked any more; and a fresh run with the answers that are
    left sends the same."""
    for seed in range(25):
        chance, wizard, asked = Random(seed), ChangeWizard(KINDS[kind], FAMILY, {}), {}  # noqa: S311
        for _step in range(30 if open_pages(wizard) else 0):  # one kind asks nothing
            key = chance.choice(open_pages(wizard))
            page = page_of(wizard, key)
            wizard.put(key, answer_to(wizard, key, chance))
            asked[key] = page
            for one in [Key(name) for name in wizard.answers if Key(name) in asked]:
                assert one in wizard.order(), (kind, seed, one)
                assert page_of(wizard, one) == asked[one], (kind, seed, one)
        while not wizard.is_complete:
            wizard.put(wizard.first_open(), answer_to(wizard, wizard.first_open(), chance))
        fresh = ChangeWizard(KINDS[kind], FAMILY, {})
        while not fresh.is_complete:
            fresh.put(fresh.first_open(), wizard.answers[fresh.first_open().name])
        assert fresh.asked() == wizard.asked()


def test_another_person_resets_what_was_said_about_the_first():
    wizard = ChangeWizard(KINDS["death"], FAMILY, {"who": about(WIFE), "died": DIED})
    wizard.put(Key("who"), about(SON))
    assert wizard.answers == {"who": about(SON)}


def test_so_does_the_leaving_of_whom_it_was_about():
    answers = {"who": about(WIFE), "died": DIED}
    for left in (household(HEAD, SON, CHILD), household(HEAD, SON)):
        assert not ChangeWizard(KINDS["death"], left, answers).answers


def test_also_where_there_was_no_choice():
    wizard = ChangeWizard(KINDS["death"], household(HEAD, WIFE), {})
    wizard.put(Key("died"), DIED)
    assert not ChangeWizard(KINDS["death"], household(HEAD, SON), wizard.answers).answers
    assert ChangeWizard(KINDS["death"], FAMILY, wizard.answers).is_complete


def test_who_has_left_or_come_is_asked_for_anew():
    leads = {"head": about(WIFE), "relationships": {"000000000001": "spouse", "000000000003": "child"}}
    assert ChangeWizard(KINDS["head"], household(HEAD, WIFE, SON), leads).is_complete
    assert ChangeWizard(KINDS["head"], FAMILY, leads).first_open() == Key("relationships")
    assert ChangeWizard(KINDS["head"], household(HEAD, SON), leads).first_open() == Key("head")
    paid = {"payee": about(WIFE)}
    assert ChangeWizard(KINDS["payee"], FAMILY, paid).is_complete
    assert ChangeWizard(KINDS["payee"], household(HEAD, SON), paid).first_open() == Key("payee")
