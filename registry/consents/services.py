import hashlib

from django.db import transaction

from dsp_platform.accounts.assisted_sessions.services import Given
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.database.history_context import history_context
from registry.consents.given import HOW, given_in
from registry.consents.sheets import sheet_with
from registry.life_events.events import EventKind, LifeEvent, tell
from registry.models import Consent, ConsentSheet, Household, Person
from registry.persons.conflicts import refuse_relatives
from registry.persons.scope import require_assisted_session, require_household
from registry.persons.selectors import subject_for
from registry.persons.writer import bump_household, lock_household
from registry.phones.notices import tell_own_numbers

Channel = Consent.Channel
CHANNELS = {HOW.READ: Channel.COUNTER, HOW.WITNESS: Channel.WITNESS, HOW.CODE: Channel.CODE}


def new_consent(
    *,
    household: Household,
    given_by: Person,
    operator_code: str,
    purpose: str,
    text: str,
    language: str,
    actor: User,
    given: Given | None = None,
    sheet: ConsentSheet | None = None,
) -> Consent:
    """Not saved yet. ``text`` is the exact wording shown or read out, of which the digest is kept.

    ``given``: how, at the counter; ``sheet``: that of the case on which the text stands.
    """
    given = given or Given()
    channel = Channel.SHEET if sheet and sheet.signed_at else CHANNELS[HOW(given.how)]
    return Consent(
        household=household,
        given_by=given_by,
        operator_code=operator_code,
        purpose=purpose,
        text_digest=hashlib.sha256(text.encode()).digest(),
        language=language,
        channel=Channel.ONLINE if actor.is_citizen else channel,
        witness=None if actor.is_citizen else actor,
        witness_name=given.witness or None,
        sheet=sheet.reference if sheet else "",
    )


def give_consent(
    *,
    household: Household,
    given_by: Person,
    operator_code: str,
    purpose: str,
    text: str,
    language: str,
    actor: User,
    assisted_session: AssistedSession | None,
    given: Given | None = None,
) -> Consent:
    """One open consent per operator: an existing one is returned. ``given``: if not as in ``given_in``.

    Raises ValueError for a non-member, ``InConflict`` for an official related to the household.
    """
    with transaction.atomic(), history_context("give_consent", actor=actor):
        household = lock_household(household)
        require_household(actor, household)  # under the lock: the members cannot change meanwhile
        require_assisted_session(actor, assisted_session, household)
        refuse_relatives(actor, assisted_session, *_persons(household))
        if not household.memberships.current().filter(person=given_by).exists():
            raise ValueError("consent is given by a member of the household")
        consent = household.consents.filter(operator_code=operator_code, withdrawn_at=None).first()
        if consent is None:
            consent = new_consent(
                household=household,
                given_by=given_by,
                operator_code=operator_code,
                purpose=purpose,
                text=text,
                language=language,
                actor=actor,
                given=given or given_in(assisted_session),
                sheet=sheet_with(text, assisted_session),
            )
            consent.save(force_insert=True)
            bump_household(household)
            _recorded(household, "give_consent", operator_code, actor, assisted_session)
        return consent


def withdraw_consent(
    *, household: Household, operator_code: str, actor: User, assisted_session: AssistedSession | None
) -> None:
    """From now on the operator must not hold this household; with no operator (""), no operator may.

    Whoever gave it gets a text message, unless they take it back themselves; in an assisted session both do.
    Raises ``InConflict`` for an official related to the household.
    """
    with transaction.atomic(), history_context("withdraw_consent", actor=actor):
        household = lock_household(household)
        require_household(actor, household)  # under the lock: the members cannot change meanwhile
        require_assisted_session(actor, assisted_session, household)
        refuse_relatives(actor, assisted_session, *_persons(household))
        consents = household.consents.filter(withdrawn_at=None)
        if operator_code:
            consents = consents.filter(operator_code=operator_code)
        rows = consents.select_related("given_by__account", "given_by__merged_into__account")
        gave = [one.given_by.merged_into or one.given_by for one in rows]
        if gave:
            tell(
                LifeEvent(
                    kind=EventKind.CONSENT_WITHDRAWN,
                    household=household,
                    operator_code=operator_code,
                    actor=actor,
                )
            )
            # A new version, because operators ignore what is not newer than what they hold.
            bump_household(household)
            _recorded(household, "withdraw_consent", operator_code, actor, assisted_session)
            told = [subject_for(actor, assisted_session), *gave]
            if assisted_session is None:
                told = [one for one in gave if one != told[0]]
            tell_own_numbers(
                *told,
                template="consent_withdraw",
                params={},
                subject_kind="household",
                subject_id=household.pk,
                else_to_household=assisted_session is not None,
            )


def _persons(household: Household) -> list[Person]:
    members = household.memberships.current()
    return [member.person for member in members.select_related("person__account")]


def _recorded(
    household: Household,
    action: str,
    operator_code: str,
    actor: User,
    assisted_session: AssistedSession | None,
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_kind="household",
        subject_id=household.pk,
        reason=operator_code,
        assisted_session_id=assisted_session.pk if assisted_session else None,
    )
