"""Opening an account and replacing a phone at the counter.

One official alone cannot replace a phone: the request waits until a second official of the commune or its
district has seen the person, or until a number of days passed without an objection. The numbers on record are
notified at once. Stopping one: ``stops``; the next request then needs a second official.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.codes.services import account_of
from dsp_platform.accounts.errors import CodeProblem, NotAccepted, NumberNotFree
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.my_account import phone_change, unused
from dsp_platform.background.faults import apart
from dsp_platform.casework.errors import Overtaken
from dsp_platform.database.history_context import history_context
from dsp_platform.database.references import new_reference, save_with_new_number
from registry.errors import ChangeError
from registry.models import Draft, KeySetup, Person, PhoneReplacement
from registry.models.draft import is_empty
from registry.persons.scope import person_condition, require_assisted_session
from registry.persons.writer import PersonWriter, lock_home, lock_person_row
from registry.phones.accounts import give_account
from registry.phones.keys import note_setup
from registry.phones.replacements.notices import notify_asked
from registry.phones.replacements.requests import opens_at_once, phones_to_notify, refusal
from registry.phones.replacements.selectors import (
    FIRST,
    PREFIX,
    may_confirm,
    needs_second,
    waiting_for,
    why_not_second,
)
from registry.phones.replacements.steps import end, lock_replacement, note, overtaken
from registry.phones.selectors import FIRST_LOST, numbers_lost, recent_phones

State, Cause = PhoneReplacement.State, PhoneReplacement.Cause
Kind = KeySetup.Kind


class ReplacementWaits(CodeProblem):
    def __str__(self) -> str:
        return _("Another phone was asked for already and waits for a second official.")


@transaction.atomic
def open_account(
    *,
    official: User,
    assisted_session: AssistedSession,
    person: Person,
    phone: str,
    document: str,
    lost: bool = False,
) -> User | PhoneReplacement:
    """Open an account with this phone, whose code was read at the counter.

    It waits like the replacement of a phone, unless it ``opens_at_once``. Call within ``codes.prove``, which
    locks the phone. ``document`` is the type that was checked, never its number; ``lost``: the person lost
    the phone on record. Raises NumberNotFree if the phone's account is another person's, or the person got an
    account meanwhile; NotAccepted if it was closed; ReplacementWaits; the error of ``refusal``.
    """
    _require_in_scope(official, assisted_session, person)
    account, locked = _account_for(phone, person)
    _require_no_refusal(official, locked)
    if not opens_at_once(assisted_session, locked, phone):
        return _wait(
            person=locked,
            account=None,
            phone=phone,
            notified_phones=phones_to_notify(locked, phone),
            reason=FIRST_LOST if lost else FIRST,
            document=document,
            official=official,
            assisted_session=assisted_session,
        )
    give_account(
        person=locked, account=account, actor=official, assisted_session=assisted_session, document=document
    )
    note_setup(person=locked, official=official, kind=Kind.ACCOUNT)
    return account


@transaction.atomic
def ask_replacement(
    *,
    official: User,
    assisted_session: AssistedSession,
    person: Person,
    phone: str,
    reason: str,
    document: str,
) -> PhoneReplacement:
    """Ask to replace the phone of an account. Call within ``codes.prove`` of the new number.

    Raises NumberNotFree, ReplacementWaits; the error of ``refusal``.
    """
    _require_in_scope(official, assisted_session, person)
    locked = lock_person_row(person)
    if locked.account is None or not locked.is_current or not unused.is_free(phone):
        raise NumberNotFree
    _require_no_refusal(official, locked)
    return _wait(
        person=locked,
        account=locked.account,
        phone=phone,
        notified_phones={locked.account.phone or "", *recent_phones(locked)} - {"", phone},
        reason=reason,
        document=document,
        official=official,
        assisted_session=assisted_session,
    )


def confirm_replacement(*, replacement: PhoneReplacement, document: str, actor: User) -> PhoneReplacement:
    """Apply it: the second official has seen the person and this type of document.

    One that cannot be applied any more ends; where a registration was begun with the new number, it waits
    until that is deleted. The second one may be who asked for an earlier one that was objected to: two
    officials have seen the person then. Raises PermissionDenied, as ``why_not_second``, ChangeError where a
    registration was begun, Overtaken.
    """
    with (
        transaction.atomic(),
        history_context("confirm_replacement", actor=actor, request=replacement.reference),
    ):
        locked = lock_replacement(replacement)
        if not may_confirm(actor, locked):
            raise PermissionDenied
        if not locked.is_waiting:
            if locked.state == State.APPLIED and locked.ended_by_id == actor.pk:
                return locked
            raise Overtaken(overtaken(locked))
        if refused := why_not_second(actor, locked):
            raise refused
        return _apply(locked, actor, document)


def apply_due() -> int:
    """Apply those whose waiting time is over; end those that needed a second official."""
    due = PhoneReplacement.objects.filter(state=State.WAITING, due_at__lte=timezone.now())
    applied = 0
    for replacement in due.order_by("due_at"):
        with apart("registry.replace_phones"):
            applied += _apply_due(replacement)
    return applied


def _apply_due(replacement: PhoneReplacement) -> bool:
    with transaction.atomic(), history_context("apply_due", request=replacement.reference):
        locked = lock_replacement(replacement)
        if locked.is_waiting and locked.second_only:
            end(locked, State.OVERTAKEN, None, cause=Cause.ALONE)
        elif locked.is_waiting:
            return _apply(locked, None).state == State.APPLIED
    return False


def _require_in_scope(official: User, assisted_session: AssistedSession, person: Person) -> None:
    require_assisted_session(official, assisted_session)
    if not Person.objects.filter(person_condition(official), pk=person.pk).exists():
        raise PermissionDenied("the person is outside this official's scope")


def _require_no_refusal(official: User, person: Person) -> None:
    if problem := refusal(official, person):
        raise problem


def _account_for(phone: str, person: Person) -> tuple[User, Person]:
    """The account of this phone and the person, both locked. Raises NumberNotFree."""
    account = account_of(phone, person.language)
    # Before the person, the lock order of claims: the account may be claiming a record at this moment.
    User.objects.select_for_update(no_key=True).get(pk=account.pk)
    locked = lock_person_row(person)
    taken = Person.objects.filter(account=account).exclude(pk=locked.pk).exists()
    if taken or locked.account_id is not None or not locked.is_current:
        raise NumberNotFree
    return account, locked


def _wait(
    *,
    person: Person,
    account: User | None,
    phone: str,
    notified_phones: set[str],
    reason: str,
    document: str,
    official: User,
    assisted_session: AssistedSession,
) -> PhoneReplacement:
    if waiting_for(person):
        raise ReplacementWaits  # the person is locked, so two concurrent requests make one
    now = timezone.now()
    replacement = save_with_new_number(
        lambda: PhoneReplacement.objects.create(
            reference=new_reference(PREFIX),
            person=person,
            account=account,
            phone=phone,
            notified_phones=sorted(notified_phones),
            reason=reason,
            document=document,
            asked_by=official,
            assisted_session_id=assisted_session.pk,
            asked_at=now,
            due_at=now + timedelta(days=settings.PHONE_REPLACEMENT_DAYS),
            second_only=needs_second(person),
        ),
        "registry_phonereplacement_reference_key",
    )
    note(replacement, "ask_replacement", official, assisted_session=assisted_session)
    notify_asked(replacement)
    return replacement


def _apply(replacement: PhoneReplacement, second: User | None, document: str = "") -> PhoneReplacement:
    try:
        with transaction.atomic():
            person = _carry_out(replacement)
    except (NumberNotFree, NotAccepted):
        cause = _cause(replacement)
        if second is not None and cause == Cause.DRAFT:
            raise ChangeError(
                _(
                    "A registration was begun with the new number. The person signs in with it, deletes "
                    "what they began, and then you confirm. It waits until then."
                )
            ) from None
        return end(replacement, State.OVERTAKEN, second, cause=cause)
    kind = Kind.PHONE if replacement.account else Kind.ACCOUNT
    note_setup(person=person, official=replacement.asked_by, kind=kind)
    return end(replacement, State.APPLIED, second, document)


def _carry_out(replacement: PhoneReplacement) -> Person:
    """Raises NumberNotFree, NotAccepted where something has changed since the request."""
    assisted_session = (
        AssistedSession.objects.filter(pk=replacement.assisted_session_id).first()
        if replacement.assisted_session_id
        else None
    )
    lock_home(replacement.person)
    if replacement.account is None:
        account, person = _account_for(replacement.phone, replacement.person)
        give_account(
            person=person,
            account=account,
            actor=replacement.asked_by,
            assisted_session=assisted_session,
            document=replacement.document,
        )
        if replacement.reason == FIRST_LOST and person.phone in replacement.notified_phones:
            _put_on_record(person, replacement.phone)
        return person
    account = User.objects.select_for_update(no_key=True).get(pk=replacement.account.pk)
    person = lock_person_row(replacement.person)
    if (
        not person.is_current
        or person.account_id != account.pk
        or account.phone not in replacement.notified_phones
    ):
        raise NumberNotFree
    phone_change.replace_lost_phone(
        official=replacement.asked_by,
        assisted_session_id=replacement.assisted_session_id,
        account=account,
        phone=replacement.phone,
        reason=replacement.reason,
        document=replacement.document,
    )
    if person.phone and person.phone in {account.phone, *numbers_lost(person)}:
        _put_on_record(person, replacement.phone)
    return person


def _put_on_record(person: Person, phone: str) -> None:
    """Replaces a lost number. By the history the new one cannot consent for 30 days."""
    with PersonWriter() as writer:
        writer.update_person(person, phone=phone)


def _cause(replacement: PhoneReplacement) -> PhoneReplacement.Cause:
    """Why it could not be applied."""
    person = Person.objects.select_related("account").get(pk=replacement.person_id)
    wanted = User.objects.filter(phone=replacement.phone).first()
    if not person.is_current:
        return Cause.GONE
    if any(one is not None and not one.is_active for one in (person.account, wanted)):
        return Cause.CLOSED
    was_notified = person.account is None or person.account.phone in replacement.notified_phones
    if person.account_id != replacement.account_id or not was_notified:
        return Cause.CHANGED
    begun = (
        Draft.objects.filter(owner=wanted, assisted_session_id=None, household=None).first()
        if wanted
        else None
    )
    return Cause.DRAFT if begun and not is_empty(begun) else Cause.TAKEN
