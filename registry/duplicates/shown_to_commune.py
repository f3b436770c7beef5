"""What an official of the commune that is asked sees of the two records: of a person in their area what they
may see anyway, of anybody else only what the question needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.translations.label import Label
from registry.areas.labels import area_path
from registry.fields.table import FIELDS
from registry.models import Area, DuplicateCase, Membership, Person
from registry.persons.scope import COMMUNE
from registry.persons.selectors import persons_visible_to

Line = tuple[Label, str]


@dataclass(frozen=True, slots=True)
class Record:
    own: bool
    """Of a person in the official's area."""
    lines: Sequence[Line]


def records_for(user: User, case: DuplicateCase) -> list[Record]:
    own = _own(user, case)
    return [
        Record(True, _whole(one)) if one.pk in own else Record(False, _neutral(one))
        for one in (case.first, case.second)
    ]


def members_shown(user: User, case: DuplicateCase) -> list[int]:
    """Keys of those who live with a person in the official's area: the page names them."""
    mates = (row.person_id for pk in _own(user, case) for row in _mates(pk))
    return sorted(set(mates) - {case.first_id, case.second_id})


def _own(user: User, case: DuplicateCase) -> set[int]:
    both = persons_visible_to(user).filter(pk__in=(case.first_id, case.second_id))
    return set(both.values_list("pk", flat=True))


def _mates(person: int) -> list[Membership]:
    mates = Membership.objects.together_with([person])
    return list(mates.exclude(person=person).select_related("person").order_by("pk"))


def _names(person: Person) -> list[Line]:
    return [
        (FIELDS["full_name"].label, person.name),
        (FIELDS["latin_name"].label, person.latin_name),
        (FIELDS["sex"].label, str(person.get_sex_display())),
    ]


def _whole(person: Person) -> list[Line]:
    mates = ", ".join(row.person.name for row in _mates(person.pk))
    return [
        (FIELDS["spid"].label, person.spid_grouped),
        *_names(person),
        (FIELDS["date_of_birth"].label, person.born.written),
        (FIELDS["village"].label, area_path(person.village)),
        (_("Lives with"), mates or _("nobody")),
    ]


def _neutral(person: Person) -> list[Line]:
    """Names, sex, year of birth and district: no number, no village, nobody they live with."""
    district = Area.objects.filter(code=str(person.village_id)[: COMMUNE - 2]).first()
    return [
        *_names(person),
        (FIELDS["year_of_birth"].label, PartialDate(person.date_of_birth, "year").written),
        (_("District"), area_path(district) if district else ""),
    ]
