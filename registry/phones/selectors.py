"""Which phone of a person can consent for them, by how long it has been on record, and which get messages.

Read from the history tables, so it covers every way of writing. There are two periods. A number can claim a
record after 7 days, in which the number before it is notified; after 30 days where an official entered it. It
can consent to a move, and open an account without a second official, after 30 days: as long as the official
who entered it has a conflict of interest. An account can consent when it has been the person's for 30 days,
or belongs to a number that was on record as long.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import takewhile

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dsp_platform.accounts.my_account.selectors import passkeys_added, phone_changes
from dsp_platform.database.arrays import numbers_in
from dsp_platform.database.history import history_of
from dsp_platform.web.request_cache import cached_per_request
from registry.models import ChangeRequest, KeySetup, LostNumber, Membership, Person, PhoneReplacement
from registry.models.keys import RECENT, of_person
from registry.persons.ages import children, children_for_consent, is_child
from registry.persons.households import head_left_behind, household_head_of, household_of, members_of

# Reason of a first account: the person lost the phone on record.
FIRST_LOST = "first_lost"
ESTABLISHED_AFTER = timedelta(days=7)


def with_established_phone(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Those with no other number on record in the last 7 days, or since they were registered.

    In the last 30 days where an official changed it or registered them again, or an import wrote to them.
    """
    now = timezone.now()
    kinds = (KeySetup.Kind.CONTACT, KeySetup.Kind.REGISTRATION)
    by_official = KeySetup.objects.filter(of_person(OuterRef("pk")), kind__in=kinds, at__gt=now - RECENT)
    by_import = history_of(Person).filter(
        pgh_obj=OuterRef("pk"), pgh_created_at__gt=now - RECENT, pgh_context__metadata__why="import"
    )
    by_others = Exists(by_official) | Exists(by_import)
    # The only number of the last 30 days is the only one of the last 7 days too.
    return persons.filter(
        _unchanged_since(now - ESTABLISHED_AFTER) & ~Q(by_others) | _unchanged_since(now - RECENT)
    )


def _unchanged_since(since: datetime) -> Q:
    events = history_of(Person).filter(pgh_obj=OuterRef("pk"))
    later = events.filter(pgh_created_at__gt=since).exclude(phone=OuterRef("phone"))
    before = events.filter(pgh_created_at__lte=since).order_by("-pgh_id").values("phone")[:1]
    return Q(~Exists(later), phone=Coalesce(Subquery(before), F("phone")))


def recent_phones(person: Person) -> set[str]:
    """Every number on record in the last 30 days; includes "" where there was none for a while."""
    return {person.phone, *_recorded_since(person, timezone.now() - RECENT)}


def phones_on_record(person: Person, at: datetime) -> set[str]:
    """Every number on record since 30 days before ``at``."""
    return {person.phone, *_recorded_since(person, at - RECENT)} - {""}


def _recorded_since(person: Person, since: datetime) -> list[str]:
    events = history_of(Person).filter(pgh_obj=person)
    before = events.filter(pgh_created_at__lte=since).order_by("-pgh_id").values_list("phone", flat=True)[:1]
    later = events.filter(pgh_created_at__gt=since).order_by("pgh_id").values_list("phone", flat=True)
    return [*before, *later]


def phones_of_adults(person: Person) -> set[str]:
    """Of the other adults of the household, who are notified when the person gets an account or phone."""
    others = Membership.objects.together_with([person]).exclude(person=person)
    persons = [one.person for one in others.select_related("person__account")]
    child_pks = children(persons)
    return {confirmation_phone(one) for one in persons if one.pk not in child_pks} - {""}


def may_have_account(person: Person) -> bool:
    """Whether the person may have an account; for somebody under 15 the head of the household acts."""
    return person.is_current and not is_child(person)


def has_established_account(person: Person) -> bool:
    """Whether the person's account can consent for them.

    Not if an official set up the account or its phone in the last 30 days, or if it became theirs in that
    time by a number that had not been on record for 30 days. Another number on record does not matter.
    """
    return not was_set_up(person) and _is_established(person)


def was_set_up(person: Person) -> bool:
    """Whether an official set up the person's account, or its phone, in the last 30 days."""
    setups = KeySetup.objects.filter(of_person(person), at__gt=timezone.now() - RECENT)
    return setups.filter(kind__in=(KeySetup.Kind.ACCOUNT, KeySetup.Kind.PHONE)).exists()


def _is_established(person: Person) -> bool:
    """Whether the account has been theirs for 30 days or since they were registered, or no other number was
    on record in the 30 days before it became theirs."""
    account = person.account
    events = history_of(Person).filter(pgh_obj=person)
    rows = list(events.order_by("-pgh_id").values_list("account_id", "phone", "pgh_created_at"))
    own = list(takewhile(lambda row: account is not None and row[0] == account.pk, rows))
    if account is None or not own:
        return False
    before, (_account, phone, given) = rows[len(own) :], own[-1]
    if not before or given <= timezone.now() - RECENT:
        return True
    lately = list(takewhile(lambda row: row[2] > given - RECENT, before))
    recorded = before[: len(lately) + 1]  # and the one on record when those days began
    return {phone, *(row[1] for row in recorded)} == {account.phone}


def may_take_everything(person: Person) -> bool:
    """Not in the 7 days after the account, its phone, a passkey or the number on record was set by anybody,
    and not while a replacement waits: whoever took over an account must not get a copy of everything before
    its holder can object."""
    since = timezone.now() - ESTABLISHED_AFTER
    setups = KeySetup.objects.filter(of_person(OuterRef("pk")), at__gt=since)
    waiting = PhoneReplacement.objects.filter(person=OuterRef("pk"), state=PhoneReplacement.State.WAITING)
    changed = phone_changes().filter(subject_id=OuterRef("account"), at__gt=since)
    added = passkeys_added().filter(subject_id=OuterRef("account"), at__gt=since)
    events = history_of(Person).filter(pgh_obj=OuterRef("pk"))
    before = events.filter(pgh_created_at__lte=since).order_by("-pgh_id").values("pgh_id")[:1]
    recorded = events.filter(pgh_id__gte=OuterRef("recorded_from"))
    other = recorded.exclude(phone=OuterRef("phone"), account=OuterRef("account"))
    same = Person.objects.filter(pk=person.pk).alias(recorded_from=Coalesce(Subquery(before), 0))
    found = (setups, waiting, changed, added, other)
    return same.filter(*(~Exists(rows) for rows in found)).exists()


def confirmation_phone(person: Person) -> str:
    """The phone by which this person consents to a change of household; "" where there is none.

    That of their account, unless it is recent; otherwise the number on record 30 days ago, or the first one:
    a recent number can neither consent nor keep the earlier one from it.
    """
    account = person.account
    if account is not None and account.is_active and account.phone and has_established_account(person):
        return account.phone
    recorded = next(iter(_recorded_since(person, timezone.now() - RECENT)), person.phone)
    return "" if recorded in numbers_lost(person) else recorded


@cached_per_request
def numbers_lost(person: Person) -> set[str]:
    """Numbers reported as lost at least 7 days ago, or replaced, and not put on record again since.

    They cannot consent to anything.
    """
    replaced = person.replacements.filter(state=PhoneReplacement.State.APPLIED)
    replaced = replaced.exclude(Q(account=None) & ~Q(reason=FIRST_LOST))
    reported = LostNumber.objects.filter(of_person(person), at__lte=timezone.now() - ESTABLISHED_AFTER)
    said = reported.values_list("phone", "at")
    ended = replaced.values_list("notified_phones", "ended_at")
    lost = [*said, *((number, at) for numbers, at in ended if at for number in numbers)]
    return {number for number, at in lost if not _recorded_again_after(person, number, at)} if lost else set()


def _recorded_again_after(person: Person, phone: str, at: datetime) -> bool:
    """Whether the number replaced another one on record after ``at``."""
    events = history_of(Person).filter(pgh_obj=person)
    other = events.exclude(phone=phone).order_by("-pgh_id").values("pgh_id")[:1]
    first = events.filter(phone=phone, pgh_id__gt=Coalesce(Subquery(other), 0)).order_by("pgh_id").first()
    return first is not None and first.pgh_created_at > at


def other_confirmation_phone(person: Person) -> str:
    """The number by which this person consents though they sign in with another one; "" for none."""
    phone = confirmation_phone(person)
    return phone if person.account is not None and phone != person.account.phone else ""


def confirmation_contact(mover: Person) -> tuple[str, str]:
    """Phone and language of who consents to the move: the person; for a child the head of its household."""
    consenter = who_consents(mover)
    return (confirmation_phone(consenter), consenter.language) if consenter else ("", mover.language)


def who_consents(person: Person) -> Person | None:
    """Who consents for this person: themselves; for a child, also by the date of birth on record 30 days ago,
    the head of its household; nobody for a child without a household."""
    if not children_for_consent([person]):
        return person
    return household_head_of(person) or (None if is_child(person) else person)


def numbers_of(person: Person, *, with_typed: bool = False) -> list[str]:
    """Numbers for text messages about this person, best first: the account's, then the one on record.

    ``with_typed``: also a number that a citizen entered for themself or a member of the household. Nobody
    proved it, so it may be a stranger's. None of somebody who has died: others may have their phone by now.
    """
    return numbers_of_each([person], with_typed=with_typed)[person.pk]


def numbers_of_each(persons: Collection[Person], *, with_typed: bool = False) -> dict[int, list[str]]:
    """As ``numbers_of``, by person, with one query. They were read with ``account`` and ``registered_by``."""
    found = {person.pk: [proved] if (proved := _account_phone(person)) else [] for person in persons}
    noted = [one for one in persons if one.phone and not one.died_on and one.phone not in found[one.pk]]
    typed = set() if with_typed or not noted else _entered_by_citizens(noted)
    for person in noted:
        if person.pk not in typed:
            found[person.pk].append(person.phone)
    return found


def _account_phone(person: Person) -> str:
    return (person.account.phone if person.account and not person.died_on else "") or ""


def proved_numbers(person: Person) -> list[str]:
    """Numbers that the person proved to be theirs, by a code: that of their account. None of somebody who has
    died, none that is lost, and none while an official set it up in the last 30 days.

    A number on record was typed, by whomever: it may be a relative's, or a stranger's by a slip. It shows
    nobody a secret (PIN, SPID).
    """
    phone = person.account.phone if person.account and person.account.is_active else ""
    if not phone or person.died_on or was_set_up(person) or phone in numbers_lost(person):
        return []
    return [phone]


def _entered_by_citizens(persons: Collection[Person]) -> set[int]:
    """Those whose number on record a citizen entered."""
    keys = numbers_in(one.pk for one in persons)
    changes = ChangeRequest.objects.filter(person__in=keys, kind="phone", state=ChangeRequest.State.APPLIED)
    last = changes.order_by("person", "-decided_at", "-pk").distinct("person")
    cases = dict(last.values_list("person", "assisted_session_id"))
    return {
        one.pk
        for one in persons
        if (cases[one.pk] is None if one.pk in cases else one.registered_by and one.registered_by.is_citizen)
    }


def held_by_others(person: Person, phones: Collection[str]) -> set[str]:
    """Those of the numbers that somebody else has who lives: on their record, or of their account."""
    living = Person.objects.current().exclude(pk=person.pk)
    held = living.filter(Q(phone__in=phones) | Q(account__phone__in=phones))
    found = held.values_list("phone", "account__phone")
    return {phone for row in found for phone in row if phone and phone in phones}


def numbers_left_behind(person: Person, account_phone: str) -> set[str]:
    """Numbers of somebody who dies that nobody else has: none of their text messages is sent any more."""
    own = {account_phone, *recent_phones(person)} - {""}
    return own - held_by_others(person, own)


def contact_phone(person: Person) -> str:
    """For text messages: the person's number, the head's, or that of any member's account; "" for none. Of
    somebody who has died, that of the head of the household they lived in."""
    if person.died_on:
        head = head_left_behind(person)
        return contact_phone(head) if head else ""
    household = household_of(person)
    members = [one.person for one in members_of(household)] if household else []
    for one in (person, *members[:1]):
        if numbers := numbers_of(one):
            return numbers[0]
    return next((one.account.phone or "" for one in members if one.account), "")
