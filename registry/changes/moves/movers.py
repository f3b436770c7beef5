"""Who must confirm a change: nobody is moved from one household to another without their confirmation.

It is given by a code to the phone that speaks for the mover (``phones.selectors``), or, without a phone, by
the commune they live in: never only by the commune they move to. None is needed where the mover asks for it
in their own account, or the head for a child, or where the old commune decides and there is no phone.
"""

from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.changes.apply.newcomer import entered_spid, person_of_document, person_of_spid
from registry.changes.context import HEAD
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest, Membership, Person
from registry.phones.selectors import confirmation_contact, has_established_account, who_consents


def newcomer(request: ChangeRequest) -> Person | None:
    """The registered person whom its answers bring into the household, if any.

    Call within a transaction: a person found by a document is locked.
    """
    answers = request.answers
    if not KINDS[request.kind].takes_in(answers) or "birth" not in answers:
        return None
    return person_of_spid(answers) if entered_spid(answers) else person_of_document(answers)


def may_bring_registered(request: ChangeRequest) -> bool:
    """Whether it may bring in somebody registered before. Whether it does is shown to the commune only."""
    return KINDS[request.kind].takes_in(request.answers)


def mover_of(request: ChangeRequest) -> Person | None:
    """Who must confirm this request, apart from its decision."""
    coming = newcomer(request)
    if coming is not None:
        return coming
    # Moving out is decided by the commune they live in, unless they, or the head for a child, have a phone.
    going = request.person if KINDS[request.kind].moves_out(request.answers) else None
    return going if going is not None and confirmation_contact(going)[0] else None


def leads_others(request: ChangeRequest) -> bool:
    """Whether who moves leads a household that others stay in without a new head: it names one first, and
    until then nobody can say yes."""
    if request.mover_id is None or "head" in request.answers:
        return False
    member = Membership.objects.current().filter(person=request.mover_id, relationship=HEAD).first()
    if member is None:
        return False
    beside = Membership.objects.current().filter(household=member.household_id)
    return beside.exclude(pk=member.pk).exists()


def name_mover(request: ChangeRequest, mover: Person) -> None:
    lives = Membership.objects.current().filter(person=mover).select_related("household").first()
    # Where they live, or lived last.
    request.mover, request.old_village_id = mover, lives.household.village_id if lives else mover.village_id
    request.confirmation, request.confirmed_by, request.confirmed_at, request.confirmed_terms = (
        "",
        None,
        None,
        None,
    )
    consenter = who_consents(mover) if request.asked_by.is_citizen else None
    if consenter and consenter.account_id == request.asked_by_id and has_established_account(consenter):
        record_confirmation(request, ChangeRequest.Confirmation.OWN, request.asked_by)
    else:
        _save_mover(request)


def record_confirmation(
    request: ChangeRequest, how: ChangeRequest.Confirmation, by: User, to: bytes | None = None
) -> None:
    """``to``: digest of the terms that were confirmed; none where the mover wrote the request."""
    request.confirmation, request.confirmed_by, request.confirmed_at, request.confirmed_terms = (
        how,
        by,
        timezone.now(),
        to,
    )
    _save_mover(request)


def _save_mover(request: ChangeRequest) -> None:
    """Raises the version: a page shown before no longer decides it."""
    request.version += 1
    fields = [
        "mover",
        "old_village",
        "confirmation",
        "confirmed_by",
        "confirmed_at",
        "confirmed_terms",
        "version",
    ]
    request.save(update_fields=fields)
