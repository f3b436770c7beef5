"""Conflicts of interest between a member of staff and the persons a decision is about.

Staff decide nothing about themselves, members of their household, relatives, somebody they share a phone
with, and whose account or phone they set up recently. Every decision of staff, in all domains, checks this.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.staff.inviters import may_be_one_person_with
from dsp_platform.casework.errors import InConflict, MayBeOnePerson
from dsp_platform.translations.label import Label
from dsp_platform.web.request_cache import cached_per_request
from registry.identity.spid import clean_spid
from registry.models import KeySetup, Membership, Person
from registry.models.keys import RECENT
from registry.persons.selectors import subject_for

Item = TypeVar("Item", bound=Model)

# Relatives are approximated by shared households: the registry stores no other relationship.
LIVED_TOGETHER = timedelta(days=10 * 365)

WORDS: dict[str, Label] = {
    "self": _("This is about yourself, so somebody else must decide it."),
    "household": _("This is about somebody of your own household, so somebody else must decide it."),
    "kin": _("You have lived in one household with this person, so somebody else must decide it."),
    "phone": _("You share a phone with this person, so somebody else must decide it."),
    "set_up": _(
        "You set up the account or the phone of this person less than 30 days ago, "
        "so somebody else must decide it."
    ),
}

# The same for what an official would do for the person, in their name.
HELP_WORDS: dict[str, Label] = {
    "self": _("This is your own matter, so another official must do it with you."),
    "household": _(
        "This is a matter of somebody of your own household, so another official must do it with them."
    ),
    "kin": _("You have lived in one household with this person, so another official must do it with them."),
    "phone": _("You share a phone with this person, so another official must do it with them."),
}


def conflict_of_interest(actor: User, *persons: Person | None) -> Label:
    """The message why this member of staff may not decide about these persons; "" if they may."""
    concerned = [person for person in persons if person is not None]
    if not concerned:
        return ""
    own = own_person(actor)
    if own is not None and (found := _of_own(own, concerned)):
        return WORDS[found]
    setups = _set_up_by(actor)
    by_whom = {setups[one.pk] for one in concerned if one.pk in setups}
    if actor.pk in by_whom:
        return WORDS["set_up"]
    return MayBeOnePerson.words if by_whom else ""


@cached_per_request
def _set_up_by(staff: User) -> dict[int, int]:
    """By person, and by the record they were merged into: whose account or phone this member of staff set up,
    or somebody who may be one person with them, and by whom."""
    setups = KeySetup.objects.filter(
        official__in=may_be_one_person_with(staff), at__gt=timezone.now() - RECENT
    )
    found: dict[int, int] = {}
    for one in setups.select_related("person"):
        for pk in (one.person_id, one.person.merged_into_id):
            if pk is not None and found.get(pk) != staff.pk:
                found[pk] = one.official_id
    return found


def personal_conflict(actor: User, *persons: Person | None, helping: bool = False) -> Label:
    """The same for setting up an account or phone: a recent set-up is no conflict here.

    ``helping``: in an assisted session, where nothing is decided; only the words differ.
    """
    own = own_person(actor)
    found = _of_own(own, [person for person in persons if person is not None]) if own else ""
    return (HELP_WORDS if helping else WORDS)[found] if found else ""


def refuse_relatives(
    actor: User | None, assisted_session: AssistedSession | None, *persons: Person | None
) -> None:
    """For whatever an official does in the name of ``persons``, who are not asked: in an assisted session, of
    whose person this asks too, or by a reference and PIN. Raises ``InConflict`` for a relative of theirs."""
    if actor is None or actor.is_citizen:
        return
    own = own_person(actor)
    persons = (subject_for(actor, assisted_session), *persons)
    concerned = [one.merged_into or one for one in persons if one is not None]
    if own is not None and (found := _of_own(own, concerned)):
        raise InConflict(HELP_WORDS[found])


def conflicts_among(actor: User, persons: set[int]) -> set[int]:
    """Keys of those persons with whom this member of staff has a conflict, for lists."""
    own = own_person(actor)
    if own is None or not persons:
        return set()
    phones = _phones(own)
    shared = Person.objects.filter(Q(phone__in=phones) | Q(account__phone__in=phones), pk__in=persons)
    together = _lately_with(own).filter(person__in=persons).values_list("person_id", flat=True)
    return {*together, *shared.values_list("pk", flat=True)} | ({own.pk} & persons)


def related_to(staff: User) -> set[int]:
    """Keys of all persons with whom this member of staff has a conflict, also themselves."""
    found = set(_set_up_by(staff))
    if own := own_person(staff):
        phones = _phones(own)
        shared = Person.objects.filter(Q(phone__in=phones) | Q(account__phone__in=phones))
        together = _lately_with(own).values_list("person_id", flat=True)
        found |= {own.pk, *together, *shared.values_list("pk", flat=True)}
    return found


def phones_of_staff(staff: User) -> set[str]:
    own = own_person(staff)
    return _phones(own) if own else set()


def items_in_conflict(actor: User, persons: Mapping[int, Iterable[int | None]]) -> set[int]:
    """Keys of those items that are about somebody with whom this member of staff has a conflict, for lists.

    ``persons``: by item, the keys of those it is about.
    """
    concerned = {item: {pk for pk in keys if pk is not None} for item, keys in persons.items()}
    found = conflicts_among(actor, {pk for keys in concerned.values() for pk in keys})
    return {item for item, keys in concerned.items() if keys & found}


def listed_for(
    assisted_session: AssistedSession | None, persons: Iterable[Person], found: list[Item], entered_by: str
) -> list[Item]:
    """What a list about these persons shows: to the official of the assisted session, where related to one of
    them, only what that official entered. ``entered_by``: the field of its user."""
    if assisted_session is None or not why_listed_less(assisted_session, persons):
        return found
    return [one for one in found if getattr(one, f"{entered_by}_id") == assisted_session.official_id]


def why_listed_less(assisted_session: AssistedSession | None, persons: Iterable[Person]) -> Label:
    """Why ``listed_for`` leaves out what others entered, in words; "" where it lists all."""
    return personal_conflict(assisted_session.official, *persons, helping=True) if assisted_session else ""


@cached_per_request
def own_person(staff: User) -> Person | None:
    """The record of a member of staff, if a steward entered their SPID; also found by a merged one."""
    if not staff.spid:
        return None
    found = Person.objects.filter(spid=staff.spid).select_related("merged_into__account", "account").first()
    return (found.merged_into or found) if found else None


def living_spid(typed: str) -> str | None:
    """The SPID as stored, if a living person has it."""
    found = Person.objects.filter(spid=clean_spid(typed) or "", died_on=None).first()
    return found.spid if found else None


def _of_own(own: Person, persons: list[Person]) -> str:
    if own in persons:
        return "self"
    if Membership.objects.together_with([own]).filter(person__in=persons).exists():
        return "household"
    if _lately_with(own).filter(person__in=persons).exists():
        return "kin"
    own_phones = _phones(own)
    return "phone" if any(own_phones & _phones(person) for person in persons) else ""


def _lately_with(own: Person) -> QuerySet[Membership]:
    lived = Membership.objects.not_ended_before(timezone.localdate() - LIVED_TOGETHER)
    return lived.filter(household__in=lived.filter(person=own).values("household"))


def _phones(person: Person) -> set[str]:
    return {person.phone, (person.account and person.account.phone) or ""} - {""}
