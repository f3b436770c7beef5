"""Whom an import kept out of a household because they may be somebody of it: placed there once somebody has
decided that they are not, by the rules by which the import would have.

Two stewards approved the import, one alone decides here. So nobody is placed whom the source did not name
itself, who can say themselves where they live, or in whose new household somebody who decided about them has
an interest. A case that ended by itself was decided by nobody, and what led to it by whomever: then the next
file of the source places them, which two stewards approve who are shown it.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.database.history_context import history_context
from dsp_platform.jobs.kinds import Cursor, JobStep
from dsp_platform.jobs.services import create_job
from registry.duplicates.selectors import cases_of
from registry.imports.planning.filling import beliefs_by
from registry.imports.planning.households import HEAD
from registry.imports.sources.terms import terms_today
from registry.imports.writing.joining import home_by, home_if, move
from registry.imports.writing.turns import ANOTHER, take_turn
from registry.models import DuplicateCase, Membership, Person, SourceRecord
from registry.persons.conflicts import conflict_of_interest
from registry.phones.notices import tell_own_numbers

PLACE = "import_place"


def place_when_decided(case: DuplicateCase, decided_by: User) -> None:
    """As a job, for what places them locks households, which is done before the records of a case."""
    persons = [case.first_id, case.second_id]
    if _told(persons).exists():
        parameters = {"persons": persons, "decided_by": decided_by.pk}
        create_job(kind=PLACE, parameters=parameters, created_by=decided_by)


def announced_placing(case: DuplicateCase, user: User) -> list[str]:
    """Who comes to live where if this user decides that the two are two."""
    found: dict[int, str] = {}
    for told in _told([case.first_id, case.second_id]).select_related("source"):
        if told.person_id not in found and (sentence := _announced(told, case, user)):
            found[told.person_id] = sentence
    return list(found.values())


def _announced(told: SourceRecord, case: DuplicateCase, user: User) -> str:
    person, source = _who_may_be_placed(told.person_id), told.source
    if person is None or not source.is_in_force:
        return ""
    other = case.second_id if case.first_id == person.pk else case.first_id
    joining = home_if(told, beliefs_by(terms_today(source)), other)
    if joining is None:
        return ""
    household, _pk, how = joining
    lives = _living_in(household)
    if _is_own_matter(person, lives, [*_deciders(person.pk), user]):
        return ""
    return _(
        "SPID %(spid)s comes to live in household %(number)s with %(members)s. The source “%(source)s” names "
        "them there as: %(relationship)s."
    ) % {
        "spid": person.spid_grouped,
        "number": lives[0].household.number,
        "members": ", ".join(one.person.name for one in lives),
        "relationship": Membership.Relationship(how).label,
        "source": source.name,
    }


def _told(persons: Collection[int]) -> QuerySet[SourceRecord]:
    """What sources said of those of them who never lived in a household. Not of a record that was merged into
    one of theirs: who merged the two has not decided where the person lives."""
    lived = Membership.objects.filter(person=OuterRef("person"))
    named = SourceRecord.objects.filter(~Exists(lived), person__in=persons).exclude(household="")
    return named.exclude(relationship__in=("", HEAD)).order_by("pk")


def place_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """``cursor``: the last of what sources said that was looked at; each is a step with locks of its own."""
    after = cursor or 0
    told = _told(parameters["persons"]).filter(pk__gt=after).select_related("source").first()
    if told is None:
        return JobStep(cursor=None, done=0)
    if not take_turn():
        return JobStep(cursor=after, done=0, later=ANOTHER)
    decided_by = User.objects.get(pk=parameters["decided_by"])
    return JobStep(cursor=told.pk, done=int(_place(told, decided_by)))


def _place(told: SourceRecord, decided_by: User) -> bool:
    source = told.source
    joining = home_by(told, beliefs_by(terms_today(source))) if source.is_in_force else None
    if joining is None:
        return False
    household, pk, _how = joining
    person = _who_may_be_placed(pk)
    lives = _living_in(household)
    if person is None or _is_own_matter(person, lives, _deciders(pk)):
        return False
    with history_context("place_named", actor=decided_by, source=source.code):
        move([joining])
    heads = [one.person for one in lives if one.relationship == HEAD]
    tell_own_numbers(
        person, *heads, template="details_changed", params={}, subject_kind="person", subject_id=pk
    )
    return True


def _who_may_be_placed(pk: int) -> Person | None:
    """Not whoever can say themselves where they live."""
    return Person.objects.filter(pk=pk, account=None).first()


def _living_in(household: int) -> list[Membership]:
    return list(
        Membership.objects.current()
        .filter(household=household)
        .select_related("person__account", "household")
    )


def _deciders(person: int) -> QuerySet[User]:
    """Who decided that they are not somebody else: without each of them they would not come in."""
    decided = cases_of([person]).filter(state=DuplicateCase.State.DIFFERENT)
    return User.objects.filter(pk__in=decided.values("decided_by"))


def _is_own_matter(person: Person, lives: Collection[Membership], deciders: Iterable[User]) -> bool:
    members = [one.person for one in lives]
    return any(conflict_of_interest(one, person, *members) for one in deciders)
