"""Who decides nothing about a person: themself, who shares a household or phone with them, their kin, and who
set up their account or phone lately. Asked by every decision of staff, in this and the other domains.
"""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from registry.identity.spid import clean_spid
from registry.models import KeySetup, Membership, Person
from registry.models.keys import YOUNG

# Kin are those with whom somebody lives or lived: the registry keeps no other relationship.
LIVED_TOGETHER = timedelta(days=10 * 365)

WORDS: dict[str, str | Promise] = {
    "self": _("This is about yourself, so somebody else must decide it."),
    "household": _("This is about somebody of your own household, so somebody else must decide it."),
    "kin": _("You have lived in one household with this person, so somebody else must decide it."),
    "phone": _("You share a phone with this person, so somebody else must decide it."),
    "set_up": _(
        "You set up the account or the phone of this person less than 30 days ago, "
        "so somebody else must decide it."
    ),
}


def conflict_of_interest(actor: User, *persons: Person | None) -> str | Promise:
    """Why this member of staff decides nothing about these persons, in words; "" where they may."""
    concerned = [person for person in persons if person is not None]
    found = _conflict(actor, concerned) if concerned else ""
    return WORDS[found] if found else ""


def nearness(actor: User, *persons: Person | None) -> str | Promise:
    """Why this member of staff sets up nothing for them: themself, household, kin, a shared phone."""
    own = own_person(actor)
    found = _of_own(own, [person for person in persons if person is not None]) if own else ""
    return WORDS[found] if found else ""


def near_among(actor: User, persons: set[int]) -> set[int]:
    """Of many, those to whom this member of staff is near: for lists."""
    own = own_person(actor)
    if own is None or not persons:
        return set()
    phones = _phones(own)
    shared = Person.objects.filter(Q(phone__in=phones) | Q(account__phone__in=phones), pk__in=persons)
    lived = _lived_with(own, _lately())
    together = lived.filter(person__in=persons).values_list("person_id", flat=True)
    return {*together, *shared.values_list("pk", flat=True)} | ({own.pk} & persons)


def own_person(staff: User) -> Person | None:
    """Whom a member of staff is, where a steward wrote it down; a merged number leads to who it became."""
    if not staff.spid:
        return None
    found = Person.objects.filter(spid=staff.spid).select_related("merged_into__account", "account").first()
    return (found.merged_into or found) if found else None


def living_spid(typed: str) -> str | None:
    """The number as it is stored, if a living person has it."""
    found = Person.objects.filter(spid=clean_spid(typed) or "", died_on=None).first()
    return found.spid if found else None


def _conflict(actor: User, persons: list[Person]) -> str:
    own = own_person(actor)
    if own is not None and (kept_apart := _of_own(own, persons)):
        return kept_apart
    since = timezone.now() - YOUNG
    young = KeySetup.objects.filter(official=actor, person__in=persons, at__gt=since)
    return "set_up" if young.exists() else ""


def _of_own(own: Person, persons: list[Person]) -> str:
    if own in persons:
        return "self"
    if _lived_with(own, Q(ended_on=None)).filter(person__in=persons).exists():
        return "household"
    if _lived_with(own, _lately()).filter(person__in=persons).exists():
        return "kin"
    own_phones = _phones(own)
    return "phone" if any(own_phones & _phones(person) for person in persons) else ""


def _lately() -> Q:
    return Q(ended_on=None) | Q(ended_on__gte=timezone.localdate() - LIVED_TOGETHER)


def _lived_with(own: Person, when: Q) -> QuerySet[Membership]:
    lived = Membership.objects.filter(when)
    return lived.filter(household__in=lived.filter(person=own).values("household"))


def _phones(person: Person) -> set[str]:
    return {person.phone, (person.account and person.account.phone) or ""} - {""}
