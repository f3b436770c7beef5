"""Each kind of change: what is written afterwards, and what the operators are to hold."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dsp_platform.accounts.models import Case
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications.models import Message
from registry import selectors, services
from registry.changes.kinds import KINDS
from registry.errors import AlreadyAsked, ChangeError, Outdated, Overtaken
from registry.models import ChangeRequest, Consent, Household, Person
from registry.services import save_change_draft
from tests.registry.cast import child_details, household_details, person_details

pytestmark = pytest.mark.django_db

BORN = {"born": ["2026-11-01", "day"]}
NAME = {"family_name": "សុខ", "given_name": "ថ្មី", "latin_family_name": "", "latin_given_name": ""}
NO_PAPER = {"document_type": "none", "document_number": ""}
BABY = {
    "name": NAME,
    "sex": {"sex": "female"},
    "birth": BORN,
    "mother": {"mother": "none"},
    "relationship": {"relationship": "child"},
    "document": NO_PAPER,
}


@pytest.fixture
def family(areas, operators, agreements, sokha):
    """Sokha, her daughter of seven and her grown son; IDPoor has their consent."""
    son = child_details(given_name="ពិសិដ្ឋ", sex="male", date_of_birth=date(2004, 1, 5))
    return services.register_household(
        actor=sokha,
        details=household_details(person_details(), child_details(), son, operators=("idpoor",)),
    )


@pytest.fixture
def people(family):
    return {one.person.given_name: one.person for one in selectors.members_of(family)}


@pytest.fixture
def second_clerk(django_user_model):
    return django_user_model.objects.create_staff(
        username="clerk.two", password="only-for-tests-9182", role="official", area_code="010201"
    )


def ask(actor, kind: str, case=None, draft=None, **answers) -> ChangeRequest:
    return services.ask_change(kind=KINDS[kind], answers=answers, actor=actor, case=case, draft=draft)


def decide(request: ChangeRequest, actor, decision: str = "approve", note: str = "") -> ChangeRequest:
    return services.decide_change(
        request=request, decision=decision, note=note, actor=actor, expected_version=request.version
    )


def about(person: Person) -> dict[str, str]:
    return {"person": person.spid}


def members(household: Household) -> dict[str, str]:
    return {one.person.given_name: one.relationship for one in selectors.members_of(household)}


def entry(kind: str, subject: int) -> LedgerEntry:
    return LedgerEntry.objects.get(operator_id="idpoor", kind=kind, subject_id=subject)


def settle() -> None:
    """As if every operator had received all that was wanted so far."""
    LedgerEntry.objects.update(state="delivered", may_hold=True)


def test_a_phone_and_an_address_are_changed_at_once(family, people, sokha):
    settle()
    mother = people["ស៊ុខា"]
    done = ask(sokha, "phone", who=about(mother), phone={"phone": "+85515222333"})
    ask(sokha, "address", address={"address": "ផ្ទះលេខ ៩"})
    mother.refresh_from_db()
    family.refresh_from_db()
    assert (done.state, mother.phone, family.address) == ("applied", "+85515222333", "ផ្ទះលេខ ៩")
    row = entry("person", mother.pk)
    assert (row.state, row.wanted_version) == ("due", mother.version)


def test_of_other_adults_neither_phone_nor_health_is_told(family, people, sokha):
    son = people["ពិសិដ្ឋ"]
    for kind, answers in (("phone", {"phone": "+85515222333"}), ("circumstances", {"seeing": "2"})):
        with pytest.raises(ChangeError):
            ask(sokha, kind, who=about(son), **{kind: answers})
    ask(sokha, "circumstances", who=about(people["បុប្ផា"]), circumstances={"studying": "yes"})
    assert Person.objects.get(given_name="បុប្ផា").studying is True


def test_unknown_becomes_unknown_and_nothing_stays_as_it_was(people, sokha):
    mother = people["ស៊ុខា"]
    Person.objects.filter(pk=mother.pk).update(seeing=3, hearing=2)
    ask(sokha, "circumstances", who=about(mother), circumstances={"seeing": "unknown", "hearing": ""})
    mother.refresh_from_db()
    assert (mother.seeing, mother.hearing) == (None, 2)


def test_a_baby_waits_for_the_commune_and_then_has_an_spid(family, people, sokha, commune_clerk):
    settle()
    Person.objects.filter(pk=people["ស៊ុខា"].pk).update(pregnant=True)
    request = ask(sokha, "birth", **{**BABY, "mother": {"mother": people["ស៊ុខា"].spid}})
    assert request.state == "waiting"
    assert "ថ្មី" not in members(family)
    decide(request, commune_clerk)
    baby = Person.objects.get(given_name="ថ្មី")
    assert members(family)["ថ្មី"] == "child"
    assert (baby.verification, baby.village_id) == ("commune", "01020101")
    assert entry("person", baby.pk).state == "due"
    assert Person.objects.get(given_name="ស៊ុខា").pregnant is False
    text = Message.objects.get(template="change_approve")
    assert (text.phone, text.params) == ("+85512345678", {"reference": request.reference})


def test_twins_are_two_requests_and_everything_else_is_one(people, sokha):
    ask(sokha, "birth", **BABY)
    ask(sokha, "birth", **BABY)
    wrong = {"who": about(people["បុប្ផា"]), "sex": {"sex": "male"}}
    ask(sokha, "sex", **wrong)
    with pytest.raises(AlreadyAsked):
        ask(sokha, "sex", **wrong)


def test_a_correction_of_what_changed_meanwhile_is_told(family, people, sokha, commune_clerk):
    child = people["បុប្ផា"]
    request = ask(sokha, "name", who=about(child), name=NAME)
    Person.objects.filter(pk=child.pk).update(given_name="ចន្ថា")
    with pytest.raises(Outdated):
        decide(request, commune_clerk)
    request.refresh_from_db()
    assert request.state == "waiting"
    decide(request, commune_clerk, "refuse", "ឈ្មោះត្រូវបានកែរួចហើយ")
    assert Person.objects.get(pk=child.pk).given_name == "ចន្ថា"


def test_names_are_found_by_their_new_spelling(people, sokha, commune_clerk):
    decide(ask(sokha, "name", who=about(people["បុប្ផា"]), name=NAME), commune_clerk)
    found = selectors.search_persons(official=commune_clerk, query="ថ្មី")
    assert [person.pk for person in found] == [people["បុប្ផា"].pk]


def test_the_household_moves_and_the_new_commune_decides(family, people, sokha, commune_clerk, other_clerk):
    place = {"village_code": "01020201", "address": "ផ្ទះលេខ ១"}
    request = ask(sokha, "move", place=place)
    with pytest.raises(PermissionDenied):
        decide(request, commune_clerk)
    decide(request, other_clerk)
    family.refresh_from_db()
    assert family.village_id == "01020201"
    assert set(Person.objects.values_list("village_id", flat=True)) == {"01020201"}


def test_the_head_changes_and_everybody_is_related_anew(family, people, sokha, commune_clerk):
    related = {people["ស៊ុខា"].spid: "parent", people["បុប្ផា"].spid: "sibling"}
    decide(ask(sokha, "head", head=about(people["ពិសិដ្ឋ"]), relationships=related), commune_clerk)
    assert members(family) == {"ពិសិដ្ឋ": "head", "ស៊ុខា": "parent", "បុប្ផា": "sibling"}


def test_a_member_born_meanwhile_must_be_related_too(family, people, sokha, commune_clerk):
    related = {people["ស៊ុខា"].spid: "parent", people["បុប្ផា"].spid: "sibling"}
    request = ask(sokha, "head", head=about(people["ពិសិដ្ឋ"]), relationships=related)
    decide(ask(sokha, "birth", **BABY), commune_clerk)
    with pytest.raises(Outdated):
        decide(request, commune_clerk)
    assert members(family)["ស៊ុខា"] == "head"


def test_who_moves_out_has_a_household_and_no_consent_of_others(family, people, sokha, commune_clerk):
    settle()
    son = people["ពិសិដ្ឋ"]
    place = {"village_code": "01020102", "address": ""}
    decide(ask(sokha, "leaves", who=about(son), where={"where": "own"}, place=place), commune_clerk)
    own = selectors.household_of(Person.objects.get(pk=son.pk))
    assert own is not None
    assert (own.village_id, members(own)) == ("01020102", {"ពិសិដ្ឋ": "head"})
    assert list(own.consents.values_list("operator_code", flat=True)) == [""]
    row = entry("person", son.pk)
    assert (row.state, row.agreement_id is None or row.state == "due") == ("due", True)
    assert row.agreement_id is None
    assert entry("household", family.pk).state == "due"


def test_who_leaves_with_consents_of_their_own_takes_them_along(family, people, sokha, commune_clerk):
    mother, related = people["ស៊ុខា"], {people["បុប្ផា"].spid: "sibling"}
    place = {"village_code": "01020102", "address": ""}
    request = ask(
        sokha,
        "leaves",
        who=about(mother),
        where={"where": "own"},
        place=place,
        head=about(people["ពិសិដ្ឋ"]),
        relationships=related,
    )
    decide(request, commune_clerk)
    own = selectors.household_of(mother)
    assert own is not None
    assert set(own.consents.values_list("operator_code", flat=True)) == {"", "idpoor"}
    assert members(family) == {"ពិសិដ្ឋ": "head", "បុប្ផា": "sibling"}
    # What she gave for those who stay stays with them, until they take it back.
    assert family.consents.filter(operator_code="idpoor", withdrawn_at=None).exists()


def test_the_last_to_leave_closes_the_household(areas, operators, agreements, sokha, commune_clerk):
    alone = services.register_household(
        actor=sokha, details=household_details(person_details(), operators=("idpoor",))
    )
    request = ask(sokha, "leaves", where={"where": "elsewhere"})
    decide(request, commune_clerk)
    alone.refresh_from_db()
    assert alone.closed_on is not None
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert {row.agreement_id for row in LedgerEntry.objects.all()} == {None}


def test_a_mover_keeps_the_spid_and_lives_in_one_household(family, people, sokha, other_clerk, commune_clerk):
    elder = person_details(given_name="វិចិត្រ", relationship="parent", date_of_birth=date(1950, 2, 2))
    other = services.register_household(
        actor=other_clerk,
        details=household_details(
            person_details(given_name="ហេង"), elder, village_code="01020201", operators=("idpoor",)
        ),
    )
    mover = Person.objects.get(given_name="វិចិត្រ")
    request = ask(
        sokha,
        "joins",
        known={"has_spid": "yes", "spid": mover.spid},
        birth={"born": ["1950-02-02", "day"]},
        relationship={"relationship": "parent"},
    )
    before = (other.version, family.version)
    decide(request, commune_clerk)
    assert members(family)["វិចិត្រ"] == "parent"
    assert members(other) == {"ហេង": "head"}
    assert mover.memberships.filter(ended_on=None).count() == 1
    other.refresh_from_db()
    family.refresh_from_db()
    assert (other.version, family.version) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("born", ["1950-02-03", "1984-04-14"])
def test_an_spid_with_another_birthday_moves_nobody(family, sokha, other_clerk, commune_clerk, born):
    services.register_household(
        actor=other_clerk,
        details=household_details(person_details(given_name="ហេង"), village_code="01020201"),
    )
    head = Person.objects.get(given_name="ហេង")  # a head alone may move; this one has the second date
    request = ask(
        sokha,
        "joins",
        known={"has_spid": "yes", "spid": head.spid},
        birth={"born": [born, "day"]},
        relationship={"relationship": "sibling"},
    )
    if born == "1984-04-14":
        decide(request, commune_clerk)
        assert members(family)["ហេង"] == "sibling"
    else:
        with pytest.raises(Outdated):
            decide(request, commune_clerk)
        assert "ហេង" not in members(family)


def test_a_head_does_not_walk_out_on_the_others(family, sokha, other_clerk, commune_clerk):
    services.register_household(
        actor=other_clerk,
        details=household_details(
            person_details(given_name="ហេង"), child_details(given_name="កូន"), village_code="01020201"
        ),
    )
    head = Person.objects.get(given_name="ហេង")
    request = ask(
        sokha,
        "joins",
        known={"has_spid": "yes", "spid": head.spid},
        birth={"born": ["1984-04-14", "day"]},
        relationship={"relationship": "sibling"},
    )
    with pytest.raises(Outdated):
        decide(request, commune_clerk)


def test_the_spouse_moves_in_by_marriage(family, people, sokha, commune_clerk):
    request = ask(
        sokha,
        "marriage",
        who=about(people["ពិសិដ្ឋ"]),
        living={"living": "here"},
        known={"has_spid": "no", "spid": ""},
        name=NAME,
        sex={"sex": "female"},
        birth={"born": ["2003-01-01", "year"]},
        document=NO_PAPER,
        relationship={"relationship": "other_relative"},
    )
    decide(request, commune_clerk)
    assert members(family)["ថ្មី"] == "other_relative"


def test_the_dead_are_seen_by_nobody_and_withdrawn_from_operators(family, people, sokha, commune_clerk):
    settle()
    son = people["ពិសិដ្ឋ"]
    request = ask(sokha, "death", who=about(son), died={"born": ["2026-11-02", "day"]})
    decide(request, commune_clerk)
    son.refresh_from_db()
    assert son.died_on == date(2026, 11, 2)
    assert "ពិសិដ្ឋ" not in members(family)
    assert selectors.person_visible_to(commune_clerk, son.spid) is None
    assert selectors.search_persons(official=commune_clerk, query="ពិសិដ្ឋ") == []
    row = entry("person", son.pk)
    assert (row.state, row.agreement_id) == ("due", None)


def test_the_account_of_a_dead_head_is_free_for_the_family(
    family, people, sokha, commune_clerk, second_clerk
):
    mother, son = people["ស៊ុខា"], people["ពិសិដ្ឋ"]
    case = Case.objects.create(
        official=commune_clerk, subject_id=son.pk, reason="check", consent_text="read out"
    )
    request = ask(
        commune_clerk,
        "death",
        case=case,
        who=about(mother),
        died={"born": ["2026-11-02", "day"]},
        head=about(son),
        relationships={people["បុប្ផា"].spid: "sibling"},
    )
    with pytest.raises(ChangeError):  # maker is not checker
        decide(request, commune_clerk)
    decide(request, second_clerk)
    assert members(family) == {"ពិសិដ្ឋ": "head", "បុប្ផា": "sibling"}
    assert selectors.subject_of(sokha, None) is None
    sokha.refresh_from_db()
    assert sokha.is_active
    assert family.consents.filter(operator_code="idpoor", withdrawn_at=None).exists()


def test_a_steward_decides_what_a_single_official_entered(family, people, commune_clerk, steward):
    case = Case.objects.create(
        official=commune_clerk, subject_id=people["ស៊ុខា"].pk, reason="check", consent_text="read out"
    )
    request = ask(commune_clerk, "payee", case=case, payee=about(people["ពិសិដ្ឋ"]))
    assert request in selectors.changes_to_decide(steward)
    decide(request, steward)
    family.refresh_from_db()
    assert family.payee == people["ពិសិដ្ឋ"]


def test_the_payee_who_leaves_is_paid_no_more(family, people, sokha, commune_clerk):
    decide(ask(sokha, "payee", payee=about(people["ពិសិដ្ឋ"])), commune_clerk)
    request = ask(sokha, "leaves", who=about(people["ពិសិដ្ឋ"]), where={"where": "elsewhere"})
    decide(request, commune_clerk)
    family.refresh_from_db()
    assert family.payee is None


def test_the_database_refuses_the_same_person_twice(family, sokha, commune_clerk):
    request = ask(sokha, "birth", **BABY)
    rows = ChangeRequest.objects.filter(pk=request.pk)
    for wrong in ({"decided_by": sokha}, {"state": "applied"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_nobody_decides_outside_their_area(sokha, family, other_clerk, nssf_reviewer, steward):
    request = ask(sokha, "birth", **BABY)
    for stranger in (other_clerk, nssf_reviewer, steward, sokha):
        assert request not in selectors.changes_to_decide(stranger)
        assert selectors.change_to_decide(stranger, request.reference) is None
        with pytest.raises(PermissionDenied):
            decide(request, stranger)


def test_a_second_decision_is_told_and_a_double_click_is_not(sokha, family, commune_clerk, second_clerk):
    request = ask(sokha, "birth", **BABY)
    decide(request, commune_clerk)
    with pytest.raises(Overtaken):
        decide(request, second_clerk, "refuse", "x")
    decide(request, commune_clerk)
    assert Person.objects.filter(given_name="ថ្មី").count() == 1
    assert request.steps.count() == 2


def test_refusing_and_asking_for_more_need_a_note(sokha, family, commune_clerk):
    request = ask(sokha, "birth", **BABY)
    for decision in ("refuse", "ask_more"):
        with pytest.raises(ChangeError):
            decide(request, commune_clerk, decision)
    more = decide(request, commune_clerk, "ask_more", "សូមយកសំបុត្រកំណើតមក")
    assert more.state == "more_asked"
    assert decide(more, commune_clerk).state == "applied"


def test_a_request_is_taken_back_by_whom_it_was_asked_for(sokha, family, people, commune_clerk):
    request = ask(sokha, "birth", **BABY)
    case = Case.objects.create(
        official=commune_clerk, subject_id=people["ពិសិដ្ឋ"].pk, reason="check", consent_text="read out"
    )
    with pytest.raises(PermissionDenied):
        services.withdraw_change(request=request, actor=commune_clerk, case=case)
    assert services.withdraw_change(request=request, actor=sokha, case=None).state == "withdrawn"
    with pytest.raises(Overtaken):
        decide(request, commune_clerk)


def test_a_draft_is_sent_once(sokha, family):
    draft = save_change_draft(owner=sokha, case=None, kind="birth", answers=BABY)
    first = ask(sokha, "birth", draft=draft, **BABY)
    assert ask(sokha, "birth", draft=draft, **BABY) == first
    assert ChangeRequest.objects.count() == 1


def test_an_answer_that_is_missing_is_not_sent(sokha, family):
    with pytest.raises(ChangeError):
        ask(sokha, "birth", name=NAME)
