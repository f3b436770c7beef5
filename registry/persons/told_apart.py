"""Names by which the members of a household are told apart: twins may have one name, and fathers and sons.

Where a name is not the only one in the household, the date of birth follows as it is known; where this is the
same too, also the SPID, or the place on the list of members who have none yet.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.text import search_key
from registry.models import Household, Person
from registry.persons.details import HouseholdDetails
from registry.persons.households import household_of, members_of
from registry.persons.labels import full_name

Key = TypeVar("Key", bound=Hashable)


class Named(NamedTuple):
    name: str
    born: PartialDate | None
    number: str
    """What nobody else of the household has."""


def told_apart(members: dict[Key, Named]) -> dict[Key, str]:
    """By the same keys."""
    names = Counter(_alike(one) for one in members.values())
    dated = Counter((_alike(one), one.born) for one in members.values())
    return {
        key: _label(one, names[_alike(one)] > 1, dated[_alike(one), one.born] > 1)
        for key, one in members.items()
    }


def _alike(one: Named) -> str:
    return search_key(one.name)


def _label(one: Named, name_is_shared: bool, date_is_shared: bool) -> str:
    if not name_is_shared:
        return one.name
    if one.born is None:
        return f"{one.name} ({one.number})"
    born = one.born.written
    return f"{one.name} ({born}, {one.number})" if date_is_shared else f"{one.name} ({born})"


def names_by_spid(persons: Iterable[Person]) -> dict[str, str]:
    """Of persons of one household, present or former."""
    return told_apart({one.spid: Named(one.name, one.born, f"SPID {one.spid_grouped}") for one in persons})


def name_at_home(person: Person) -> str:
    """Among those who live with the person, or lived with them last."""
    home = household_of(person) or _last_home(person)
    beside = members_of(home) if home else []
    return names_by_spid([person, *(one.person for one in beside if one.person_id != person.pk)])[person.spid]


def _last_home(person: Person) -> Household | None:
    last = person.memberships.order_by("-pk").select_related("household").first()
    return last.household if last else None


def names_of_draft(members: Iterable[dict[str, object]]) -> dict[int, str]:
    """Of members who are not registered yet, by their ``id``: their answers so far."""
    return told_apart(
        {
            int(str(one["id"])): Named(full_name(one), _born(one.get("born")), _place(place))
            for place, one in enumerate(members, start=1)
        }
    )


def names_of_details(details: HouseholdDetails) -> list[str]:
    """The same once they are sent, in their order."""
    entered = {
        index: Named(f"{one.family_name} {one.given_name}".strip(), one.born, _place(index + 1))
        for index, one in enumerate(details.members)
    }
    return list(told_apart(entered).values())


def _born(text: object) -> PartialDate | None:
    return PartialDate.parse(str(text)) if text else None


def _place(place: int) -> str:
    return _("member %(number)s") % {"number": place}
