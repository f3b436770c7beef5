from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from dsp_platform.accounts.assisted_sessions.services import attach_subject
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.my_account import services as accounts
from dsp_platform.audit import services as audit
from dsp_platform.database.history_context import history_context
from dsp_platform.database.inserts import insert
from dsp_platform.exchange.ledger import selectors as exchange
from dsp_platform.exchange.models import Operator
from dsp_platform.khmer.text import clean
from dsp_platform.notifications import services as notifications
from registry.areas.selectors import is_village
from registry.consents.given import given_in
from registry.consents.services import new_consent
from registry.consents.sheets import sheet_with
from registry.errors import (
    AlreadyRegistered,
    InvalidDetails,
    MoverConfirmationNeeded,
    Problem,
)
from registry.identity.documents import document_digest
from registry.identity.spid import clean_spid
from registry.models import (
    Consent,
    Draft,
    Household,
    IdentityDocument,
    Membership,
    Person,
    RareFact,
)
from registry.persons import lookups
from registry.persons.alike import require_nobody_alike
from registry.persons.details import HouseholdDetails
from registry.persons.labels import SPID
from registry.persons.plausible import findings_of
from registry.persons.recognition import MemberEntry, entries_of, recognise
from registry.persons.scope import in_area, require_assisted_session
from registry.persons.selectors import subject_for
from registry.persons.validation import problems_of
from registry.persons.writer import (
    NewMember,
    NumberTaken,
    PersonWriter,
    lock_person_row,
    lock_persons,
    set_values,
)
from registry.phones.selectors import numbers_of, proved_numbers
from registry.registration.alike import note_apart
from registry.registration.drafts import registered_household
from registry.registration.former_home import former_members, former_named
from registry.registration.known_members import require_confirmation, update_known


def register_household(
    *,
    actor: User,
    details: HouseholdDetails,
    draft: Draft | None = None,
    assisted_session: AssistedSession | None = None,
    keep: str | None = None,
) -> Household:
    """Register persons, household and consents, and announce them, in one transaction.

    Returns the household of a draft that was submitted before. ``keep`` is the key of the citizen's session
    that stays signed in when the account is linked. Raises InvalidDetails, AlreadyRegistered,
    SomebodyAlike, MoverConfirmationNeeded, TooManyLookups, and PermissionDenied for an actor who may not
    register.
    """
    numbers = {
        index: lookups.digest_of(
            one.document_type, one.document_number, one.family_name, one.given_name, one.born
        )
        for index, one in enumerate(details.members)
        if one.document_number
    }
    with transaction.atomic(), history_context("register", actor=actor):
        if not numbers or not (actor.is_citizen or assisted_session):
            return _register(actor, details, draft, assisted_session, keep)
        lookups.check_limit(account=actor, assisted_session=assisted_session, kind=lookups.DOCUMENT)
        try:
            with transaction.atomic():
                return _register(actor, details, draft, assisted_session, keep)
        except (AlreadyRegistered, MoverConfirmationNeeded) as error:
            taken: AlreadyRegistered | MoverConfirmationNeeded = error
            compared = [number for index, number in numbers.items() if index <= error.member]
            lookups.note(
                account=actor, assisted_session=assisted_session, kind=lookups.DOCUMENT, numbers=compared
            )
    raise taken  # after the commit, so that the lookup stays counted


def is_document_taken(
    *, actor: User, assisted_session: AssistedSession | None, document_type: str, document_number: str
) -> bool:
    """Whether a registration with this document would be refused, told as soon as it is typed.

    Counted whether it matches or not. Beyond the limits nothing is compared, and only ``register_household``
    answers. At the counter somebody who lives in no household by now may be registered again.
    """
    number = document_digest(document_type, document_number)
    documents = IdentityDocument.objects.filter(type=document_type, digest=number)
    named = Q(pk__in=documents.exclude(type__in=IdentityDocument.SHARED_TYPES).values("person"))
    if document_type == SPID:
        spid = clean_spid(document_number) or ""
        named = Q(spid=spid) | Q(pk__in=Person.objects.filter(spid=spid).values("merged_into"))
    holders = Person.objects.filter(named)
    if assisted_session is not None:
        living = Membership.objects.current().filter(person__in=holders)
        holders = holders.filter(Q(pk__in=living.values("person")) | Q(died_on__isnull=False))
    return lookups.is_told_taken(
        account=actor, assisted_session=assisted_session, number=number, is_taken=holders.exists
    )


def _register(
    actor: User,
    details: HouseholdDetails,
    draft: Draft | None,
    assisted_session: AssistedSession | None,
    keep: str | None,
) -> Household:
    if not (actor.is_active and (actor.is_citizen or (actor.is_official and actor.area_code))):
        raise PermissionDenied("only a citizen, or an official with an area, registers")
    if details.returning and (returning := Person.objects.filter(spid=details.returning).first()):
        # Before the assisted session, as the recording of a death does: consistent lock order.
        lock_person_row(returning)
    require_assisted_session(actor, assisted_session)
    locked = _lock_draft(draft, actor, assisted_session)
    if done := registered_household(locked):
        return done
    _require_valid(actor, details)
    returning = _require_new(actor, assisted_session, details.returning)
    household, persons = _write(actor, details, assisted_session, keep, returning)
    head = persons[0]
    if locked is not None:
        locked.household, locked.answers = household, {}
        if not Draft.objects.filter(pk=locked.pk).update(household=household, answers={}):
            locked.save(force_insert=True)  # the hand-over of the account deleted it
    if assisted_session is not None:
        attach_subject(assisted_session=assisted_session, subject_id=head.pk)
    _send_numbers(persons, with_typed=actor.is_official)
    audit.record_each(
        actor=actor,
        action="register",
        subjects=[("household", household.pk), ("person", head.pk)],
        assisted_session_id=assisted_session.pk if assisted_session else None,
    )
    return household


def _lock_draft(draft: Draft | None, actor: User, assisted_session: AssistedSession | None) -> Draft | None:
    """Locked, so that a second submit waits for the first one and finds its household."""
    if draft is None:
        return None
    locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None:
        raise InvalidDetails([Problem("draft", "draft_gone", _("These answers were discarded."))])
    if locked.owner_id != actor.pk or locked.assisted_session_id != (
        assisted_session.pk if assisted_session else None
    ):
        raise PermissionDenied("the draft is another person's")
    return locked


def _require_valid(actor: User, details: HouseholdDetails) -> None:
    problems = problems_of(details)
    if not is_village(details.village_code):
        problems.append(Problem("village_code", "village_unknown", _("Choose a village.")))
    elif actor.is_official and not in_area(actor, details.village_code):
        problems.append(Problem("village_code", "village_outside", _("This village is outside your area.")))
    if not _asked(details).keys() >= set(details.operators):
        problems.append(Problem("operators", "operator_unknown", _("Choose from the list.")))
    if problems:
        raise InvalidDetails(problems)


def _require_new(actor: User, assisted_session: AssistedSession | None, spid: str) -> Person | None:
    """Locks the account or assisted session: each registers once, also when submitted in two browsers at
    once. Its person, locked, where they are registered, live in no household, and have this SPID.
    """
    own = None
    if actor.is_citizen:
        if not User.objects.select_for_update(no_key=True).get(pk=actor.pk).is_active:
            raise PermissionDenied("the account was closed meanwhile")
        own = Person.objects.filter(account=actor).first()
    elif assisted_session is not None:
        locked = AssistedSession.objects.select_for_update(no_key=True).get(pk=assisted_session.pk)
        own = subject_for(actor, assisted_session) if locked.subject_id is not None else None
        if own is None and locked.subject_id is not None:
            raise AlreadyRegistered(member=0)
    own = lock_person_row(own) if own else None
    returns = own is not None and own.is_current and not own.memberships.current().exists()
    if (own is not None and not returns) or spid != (own.spid if own else ""):
        raise AlreadyRegistered(member=0)
    return own


def _write(
    actor: User,
    details: HouseholdDetails,
    assisted_session: AssistedSession | None,
    keep: str | None,
    returning: Person | None,
) -> tuple[Household, list[Person]]:
    """The household and its members, the head first."""
    members = entries_of(details, actor)
    recognise(members)
    if returning is not None:
        members[0] = _returned(members[0], returning)
        _bring_back(members, returning, actor)
    elif any(one.returning for one in details.members):
        raise PermissionDenied("only who returns brings others back")
    head = members[0].person
    apart = require_nobody_alike(members, actor, assisted_session)
    if actor.is_citizen:
        # A matching document does not prove identity. A citizen claims an existing record with a code to its
        # phone, or shows the document at the commune office.
        for index, member in enumerate(members):
            if member.known and member.person != returning and not member.details.returning:
                raise AlreadyRegistered(member=index)
        if returning is None:
            set_values(head, {"account": actor})
            accounts.change_holder(account=actor, keep=keep)
    else:
        require_confirmation(members, details, assisted_session)
    with PersonWriter() as writer:
        for member in members:
            if member.known:
                update_known(writer, member, actor)
        new = [NewMember(one.person, one.details.relationship, one.documents) for one in members]
        try:
            household = writer.add_household(
                village_id=details.village_code, address=clean(details.address), members=new
            )
        except NumberTaken:  # another transaction registered somebody meanwhile
            raise AlreadyRegistered(member=_taken(members)) from None
        insert(_consents(household, head, details, actor, assisted_session))
    RareFact.objects.bulk_create(_rare_facts(household, members, details, actor))
    note_apart(members, apart, actor)
    return household, [one.person for one in members]


def _returned(entry: MemberEntry, person: Person) -> MemberEntry:
    """Their record stays: only what may have changed by now is taken over."""
    kept = {"village_id", "language", *entry.details.circumstances}
    values = {field: value for field, value in entry.values.items() if field in kept}
    return MemberEntry(entry.details, values, person, known=True)


def _bring_back(members: list[MemberEntry], returning: Person, actor: User) -> None:
    """Put the records of those whom the head brings back in the place of new ones, and ask where a new one
    would be somebody's second."""
    lock_persons([one.person.pk for one in former_members(returning)])
    former = former_members(returning)  # as it is under the lock
    along = {one.person.spid: one for one in former if one.comes_along}
    problems = []
    for index, entry in enumerate(members):
        if spid := entry.details.returning:
            if spid not in along:
                raise AlreadyRegistered(member=index)
            members[index] = _returned(entry, along.pop(spid).person)
    brought = {one.person.pk for one in members if one.known}
    others = [one for one in former if one.person.pk not in brought]
    for index, entry in enumerate(members):
        one = entry.details
        # A document that nobody else has tells persons of one name apart; at the counter it was seen.
        is_shown = actor.is_official and entry.digest is not None
        same = former_named(others, one.family_name, one.given_name, one.born)
        if same is not None and not entry.known and not is_shown:
            problems.append(Problem("former", "lived_with_head", same.question, index))
    if problems:
        raise InvalidDetails(problems)


def _rare_facts(
    household: Household, members: Sequence[MemberEntry], details: HouseholdDetails, actor: User
) -> list[RareFact]:
    """All that is rare was confirmed, or the household would not have been valid."""
    if not details.confirmed:
        return []
    return [
        RareFact(
            household=household,
            rule=one.rule.code,
            fact=one.fact,
            persons=[members[int(key)].person.pk for key in sorted(one.who)],
            confirmed_by=actor,
        )
        for one in findings_of(details)
    ]


def _send_numbers(persons: Sequence[Person], *, with_typed: bool) -> None:
    """Each member's SPID to the number that they proved. One that was only typed may be a stranger's by a
    wrong digit: it is told that they are registered, without the SPID, which the slip has; where a citizen
    typed it for others, nothing (docs/adr/0014). One message to a number that several share."""
    sent: set[str] = set()
    for person in persons:
        proved = proved_numbers(person)
        for phone in (proved or numbers_of(person, with_typed=with_typed))[:1]:
            if phone not in sent:
                sent.add(phone)
                notifications.send(
                    phone=phone,
                    language=person.language,
                    template="registered" if proved else "registered_by_office",
                    params={"person": person.pk},
                    subject_kind="person",
                    subject_id=person.pk,
                )


def _taken(members: Sequence[MemberEntry]) -> int:
    """The index of the member whom another transaction registered meanwhile."""
    documents = IdentityDocument.objects.exclude(type__in=IdentityDocument.SHARED_TYPES)
    for index, member in enumerate(members):
        if member.known and member.person.memberships.current().exists():
            return index
        if (
            not member.known
            and documents.filter(type=member.details.document_type, digest=member.digest).exists()
        ):
            return index
    return 0


def _asked(details: HouseholdDetails) -> dict[str, Operator]:
    """By code, the operators that consent can be given for."""
    return {one.code: one for one in exchange.operators_to_consent()} if details.operators else {}


def _consents(
    household: Household,
    head: Person,
    details: HouseholdDetails,
    actor: User,
    assisted_session: AssistedSession | None,
) -> list[Consent]:
    names = _asked(details)
    with translation.override(details.language):
        purposes = {"": _("To keep the household in the Social Protection Registry.")} | {
            code: _("To share the household's details with %(operator)s.") % {"operator": names[code]}
            for code in details.operators
        }
    given, sheet = given_in(assisted_session), sheet_with(details.consent_text, assisted_session)
    return [
        new_consent(
            household=household,
            given_by=head,
            operator_code=code,
            purpose=purpose,
            text=details.consent_text,
            language=details.language,
            actor=actor,
            given=given,
            sheet=sheet,
        )
        for code, purpose in purposes.items()
    ]
