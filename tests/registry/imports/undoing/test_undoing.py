"""A whole import taken back by two stewards, while nobody else has touched what it wrote."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.approval import services as approval
from dsp_platform.database.history_context import history_context
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.jobs.models import Job
from dsp_platform.khmer.dates import PartialDate
from registry.beneficiaries import enrolment
from registry.imports.errors import CannotBeUndone, TooLateToUndo
from registry.imports.runs import services
from registry.imports.runs.preview import reason_in_words
from registry.imports.runs.progress import follow
from registry.imports.undoing import undoing
from registry.merging.services import merge
from registry.models import (
    AwaitingMatch,
    DuplicateCase,
    Enrolment,
    Household,
    IdentityDocument,
    ImportRun,
    ImportSource,
    Membership,
    Person,
    SourceConflict,
    SourceRecord,
)
from registry.persons import taking_back
from registry.persons.writer import PersonWriter, lock_household
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.duplicates.cast import case_of, decide
from tests.registry.imports.comparing.test_since import strict
from tests.registry.imports.conftest import FAMILY, approve, compared, row, sophea, work
from tests.registry.pages import official_client
from tests.roles import as_owner

WRITTEN = (Household, Person, Membership, IdentityDocument, Enrolment, SourceConflict, SourceRecord)
GROWING = ("version", "at")
SOPHEA = {
    "family_name": "សុខ", "given_name": "សុភា", "born": PartialDate(date(1970, 5, 6)),
    "document_type": "identity_card", "document_number": "012345678",
}  # fmt: skip


@pytest.fixture
def undone(steward, second_steward):
    def through(run) -> ImportRun:
        return work(agreed(run))

    def agreed(run) -> ImportRun:
        proposal = services.propose_undo(run=run, actor=steward)
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
        run.refresh_from_db()
        return run

    through.agreed = agreed
    return through


def tell(person, **values):
    """At the counter, since."""
    with transaction.atomic(), history_context("correct"), PersonWriter() as writer:
        writer.update_person(person, **values)


def everything():
    """What an import writes, without what only grows."""
    return {
        model.__name__: [
            {name: value for name, value in one.items() if name not in GROWING}
            for one in model.objects.order_by("pk").values()
        ]
        for model in WRITTEN
    }


@pytest.fixture
def household(areas, operators, sokha):
    """Sophea, who told her card and a phone."""
    head = person_details(**SOPHEA, phone="016 999 001")
    return register_household(actor=sokha, details=household_details(head))


@pytest.fixture
def enrolling(source, family_package):
    """The source says who is in the programme."""
    with as_owner():
        ImportSource.objects.filter(pk=source.pk).update(programme=family_package)
    source.refresh_from_db()
    return family_package


def test_who_came_in_with_it_is_gone_and_can_come_in_again(imported, undone):
    run = undone(imported(FAMILY))
    assert (run.state, Person.objects.count(), Household.objects.count()) == ("undone", 0, 0)
    assert not SourceRecord.objects.exists()
    assert imported(FAMILY).outcomes == {"new": 3}


@pytest.mark.parametrize(
    ("language", "words"), [("en", "the import it came from was undone"), ("km", "ត្រូវបានលុបចោលវិញ")]
)
def test_an_open_case_of_who_is_gone_ends_and_says_why(imported, undone, commune_clerk, language, words):
    run, laptop = imported(FAMILY), official_client(commune_clerk)
    head = Person.objects.get(given_name="សុភា")
    case = open_assisted_session(
        official=commune_clerk, subject_id=head.pk, reason="apply", consent_text="read out"
    )
    assert laptop.get(f"/{language}/my/").status_code == 200
    undone(run)
    answer = laptop.get(f"/{language}/my/", follow=True)
    assert answer.redirect_chain == [(f"/{language}/counter/", 302)]
    assert words in answer.content.decode()
    case.refresh_from_db()
    assert case.ended_at is not None


CORRECTED = [
    sophea(phone="012345678", poverty_level="level1"),
    row("2", family_name="ចាន់", phone="012345679", card="012345679"),
    FAMILY[2],
]


def test_known_persons_and_their_household_are_exactly_as_they_were(household, enrolling, imported, undone):
    imported(FAMILY[:2])
    before, home = everything(), Household.objects.get()
    run = imported(CORRECTED)
    after = everything()
    assert [name for name in after if after[name] == before[name]] == []
    undone(run)
    assert everything() == before
    assert Household.objects.get().version > home.version
    assert imported(CORRECTED).outcomes == {"conflict": 1, "fills": 1, "new": 1}


def test_keys_of_matching_are_those_of_the_name_again(imported, undone):
    imported(FAMILY)
    keys = Person.objects.get(given_name="ដារ៉ា").match_keys
    AwaitingMatch.objects.all().delete()
    undone(imported([sophea(), row("2", family_name="ចាន់"), FAMILY[2]]))
    son = Person.objects.get(given_name="ដារ៉ា")
    assert son.match_keys == keys
    assert AwaitingMatch.objects.filter(person=son).exists()


def test_an_enrolment_that_it_completed_is_as_it_was_reported(household, enrolling, imported, undone, source):
    head = Person.objects.get()
    reported = enrolment.enrol(person=head, programme=enrolling, since=date(2025, 1, 1))
    with as_owner():
        columns = {**source.mapping["columns"], "member_number": "reference"}
        ImportSource.objects.filter(pk=source.pk).update(mapping={"columns": columns})
    run = imported([sophea("M-1")])
    reported.refresh_from_db()
    assert reported.member_number == "M-1"
    undone(run)
    reported.refresh_from_db()
    assert reported.member_number == ""


def test_what_others_told_beside_it_stays(household, imported, undone):
    run = imported([sophea(), row("2")])
    with transaction.atomic(), history_context("correct"), PersonWriter() as writer:
        writer.update_household(lock_household(household), address="ផ្ទះលេខ ៩")
    tell(Person.objects.get(given_name="សុភា"), language="en")
    undone(run)
    household.refresh_from_db()
    assert (household.address, Person.objects.get().language) == ("ផ្ទះលេខ ៩", "en")


def against(run, actor):
    with pytest.raises(CannotBeUndone) as refused:
        services.propose_undo(run=run, actor=actor)
    return refused.value


def test_somebody_changed_since_stands_against_it_by_their_number(imported, steward):
    run = imported(FAMILY)
    person = Person.objects.get(given_name="ដារ៉ា")
    tell(person, phone="+85516000009")
    found = against(run, steward)
    assert (found.against.persons, found.spids) == (1, [person.spid])


def test_so_does_a_value_that_it_filled_and_somebody_changed(household, imported, steward):
    run = imported([sophea(poverty_level="level1")])
    with transaction.atomic(), history_context("report"), PersonWriter() as writer:
        writer.update_household(lock_household(household), poverty_level="level2")
    assert against(run, steward).against.counts == {"persons": 0, "households": 1, "cases": 0, "merges": 0}


def test_so_does_whoever_joined_one_of_its_households(imported, steward, sokha):
    run = imported(FAMILY)
    details = person_details(given_name="ម៉ាលី")
    lonely = register_household(actor=sokha, details=household_details(details)).memberships.get()
    with transaction.atomic(), history_context("move"), PersonWriter() as writer:
        writer.update_membership(lonely, ended_on=timezone.localdate())
        writer.add_membership(Household.objects.earliest("pk"), lonely.person, "spouse")
    assert against(run, steward).against.households == 1


def test_so_does_a_payment_of_an_enrolment_that_came_with_it(enrolling, imported, steward):
    run = imported([row("2", household="", relationship="")])
    enrolment.note_payment(
        enrolment=Enrolment.objects.get(), amount=1, paid_on=timezone.localdate(), operator_reference="P-1"
    )
    assert against(run, steward).against.persons == 1


def test_so_does_a_later_file_of_the_source(imported, steward):
    run = imported(FAMILY)
    imported([sophea(phone="012345678"), *FAMILY[1:]])
    assert against(run, steward).against.persons == 1


@pytest.fixture
def alike(imported):
    """A run that brought Dara, and a case of the system about him."""
    imported([row("1", born="2001")])
    run = imported([row("2", household="H2")])
    first, second = Person.objects.order_by("pk")
    return run, case_of(first, second)


def test_a_case_of_the_system_goes_with_who_is_gone(alike, undone):
    run, case = alike
    undone(run)
    assert not DuplicateCase.objects.filter(pk=case.pk).exists()
    assert AwaitingMatch.objects.count() <= Person.objects.count() == 1


def test_a_case_that_a_steward_decided_stands_against_it(alike, steward):
    run, case = alike
    decide(case, "different", steward)
    found = against(run, steward)
    assert found.against.counts == {"persons": 0, "households": 0, "cases": 1, "merges": 0}
    assert "1" in str(found)


def test_a_merge_stands_against_it(alike, steward, second_steward):
    run, case = alike
    with history_context("merge"):
        home = case.first.memberships.first()
        merge(
            kept=case.first, merged=case.second, actor=steward, approved_by=second_steward,
            home=home and home.household,
        )  # fmt: skip
    assert against(run, steward).against.merges == 1


def test_touched_after_two_agreed_it_stays_whole_and_says_why(imported, undone):
    run = undone.agreed(imported(FAMILY))
    tell(Person.objects.get(given_name="ដារ៉ា"), phone="+85516000009")
    before = everything()
    work(run)
    assert (run.state, everything()) == ("applied", before)
    assert "1" in reason_in_words(run.reason)


@pytest.mark.parametrize(
    ("room", "name"), [(undoing, "take_back"), (taking_back, "_withdraw"), (taking_back, "_announce")]
)
def test_a_worker_that_dies_in_it_leaves_everything_as_it_was(
    household, imported, undone, steward, monkeypatch, room, name
):
    run = undone.agreed(imported([sophea(poverty_level="level1"), *FAMILY[1:]]))
    before = everything()

    def dies(*args):
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(room, name, dies)
        assert follow(run).state == Job.State.FAILED
    assert everything() == before
    services.resume(run=run, actor=steward)
    assert (work(run).state, Person.objects.count()) == ("undone", 1)


def test_a_file_that_was_compared_with_who_is_gone_brings_them_once_that_is_approved(
    imported, undone, source, steward, second_steward
):
    strict(source)
    first = imported(FAMILY)
    again = compared(source, [sophea(phone="012345678"), *FAMILY[1:]], steward)
    assert again.outcomes == {"fills": 1, "known": 2}
    undone(first)
    work(approve(again, steward, second_steward))
    assert (again.state, again.outcomes, Person.objects.count()) == ("stopped", {"new": 3}, 0)
    services.go_on(run=again, actor=steward, reason="the other import was undone")
    again.refresh_from_db()
    work(approve(again, steward, second_steward))
    assert (Person.objects.count(), Membership.objects.filter(ended_on=None).count()) == (3, 3)


def test_after_a_day_it_stays(imported, steward):
    run = imported(FAMILY)
    ImportRun.objects.update(applied_at=run.applied_at - timedelta(days=2))
    with pytest.raises(TooLateToUndo):
        services.propose_undo(run=run, actor=steward)


def test_operators_are_sent_a_withdrawal_of_who_is_gone(imported, undone, agreements):
    run = imported([row("2")])
    person = Person.objects.get()
    undone(run)
    agreement = agreements["idpoor", "person"]
    (withdrawal,) = registered.kinds["person"].build(agreement, [person.pk])
    assert (withdrawal.key, withdrawal.version) == (person.spid, 2)


def test_operators_are_sent_anew_the_household_that_it_changed(agreements, sokha, imported, undone):
    details = household_details(person_details(**SOPHEA), operators=("idpoor",))
    household = register_household(actor=sokha, details=details)
    undone(imported([sophea(), row("2")]))
    household.refresh_from_db()
    wanted = LedgerEntry.objects.get(kind="household", subject_id=household.pk)
    assert (wanted.wanted_version, household.version) == (3, 3)
