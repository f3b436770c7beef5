"""Those who lived with somebody in their last household, for when they come back into the registry together.

Each of them has a record and an SPID. Whoever returns may bring back those who cannot speak for themselves;
everybody else is taken in afterwards, with their own agreement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from registry.identity.name_keys import name_keys
from registry.models import Membership, Person
from registry.persons.told_apart import names_by_spid
from registry.phones.selectors import confirmation_contact
from registry.registration.answers import RETURNS

MAY_BRING = ("head", "spouse")


@dataclass(frozen=True, slots=True)
class Former:
    """``name`` tells them apart from the others. ``relationship`` is that to the person who returns, as far
    as it is known: to the head that they were."""

    person: Person
    name: str
    relationship: str
    left_together: bool
    """They live in no household either, since the same day."""
    comes_along: bool
    """The person who returns brings them back: nobody else is asked."""

    @property
    def question(self) -> str:
        named = {"person": self.name, "spid": self.person.spid_grouped}
        if self.comes_along:
            words = _(
                "Is this %(person)s, SPID %(spid)s, who lived with you before? Nobody is registered twice: "
                "take the person off the list, and tick the name where it is asked who lives with you again."
            )
        else:
            words = _(
                "Is this %(person)s, SPID %(spid)s, who lived with you before? Nobody is registered twice: "
                "take the person off the list. Once you are registered, tell “Somebody moved in with us”, "
                "with this SPID. If it is somebody else, the commune office registers them."
            )
        return words % named


def former_members(person: Person) -> list[Former]:
    """Of the household that a person who lives in none lived in last, without those who have died."""
    last = person.memberships.order_by("-pk").first()
    if last is None or last.is_current:
        return []
    beside = Membership.objects.not_ended_before(last.started_on).filter(
        household=last.household_id,
        person__died_on=None,
        person__merged_into=None,
    )
    beside = beside.exclude(person=person).order_by("pk").select_related("person__account")
    by_person = {one.person_id: one for one in beside}
    newest = dict(
        Membership.objects.filter(person__in=by_person).order_by("pk").values_list("person_id", F("pk"))
    )
    names = names_by_spid([person, *(one.person for one in by_person.values())])
    own = {"", confirmation_contact(person)[0]}
    found = []
    for one in by_person.values():
        together = newest[one.person_id] == one.pk and one.ended_on == last.ended_on
        speaks = one.person.account is not None or confirmation_contact(one.person)[0] not in own
        found.append(
            Former(
                person=one.person,
                name=names[one.person.spid],
                relationship=one.relationship if last.relationship == "head" else "",
                left_together=together,
                comes_along=together and not speaks and last.relationship in MAY_BRING,
            )
        )
    return found


def question_of_former(person: Person, members: Iterable[dict[str, Any]], member: dict[str, Any]) -> str:
    """Whether this one of the members of a draft, who is entered as new, lived with the person before; ""
    where nobody of that name did."""
    if RETURNS in member:
        return ""
    brought = {one.get(RETURNS) for one in members}
    former = [one for one in former_members(person) if one.person.spid not in brought]
    born = PartialDate.parse(member["born"])
    same = former_named(former, member["family_name"], member["given_name"], born)
    return same.question if same else ""


def former_named(
    former: Iterable[Former], family_name: str, given_name: str, born: PartialDate
) -> Former | None:
    """Who has this name and may be born on this date: of a household that the asking person lived in, whose
    names and dates they know."""
    keys = set(name_keys(family_name, given_name))
    for one in former:
        known = one.person
        if born.agrees_with(known.born) and {known.name_key, known.given_key} == keys:
            return one
    return None
