import hashlib

import pghistory
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from registry.models import Consent, Household, Person
from registry.persons.scope import require_assisted_session, require_household
from registry.persons.writer import bump_household, lock_household


def new_consent(
    *,
    household: Household,
    given_by: Person,
    operator_code: str,
    purpose: str,
    text: str,
    language: str,
    actor: User,
) -> Consent:
    """Not saved yet. ``text`` is the exact wording shown or read out, of which the digest is kept."""
    return Consent(
        household=household,
        given_by=given_by,
        operator_code=operator_code,
        purpose=purpose,
        text_digest=hashlib.sha256(text.encode()).digest(),
        language=language,
        channel=Consent.Channel.ONLINE if actor.is_citizen else Consent.Channel.COUNTER,
        witness=None if actor.is_citizen else actor,
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
) -> Consent:
    """One open consent per operator: an existing one is returned. Raises ValueError for a non-member."""
    with transaction.atomic(), pghistory.context(why="give_consent"):
        household = lock_household(household)
        require_household(actor, household)  # under the lock: the members cannot change meanwhile
        require_assisted_session(actor, assisted_session, household)
        if not household.memberships.filter(person=given_by, ended_on=None).exists():
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
            )
            consent.save(force_insert=True)
            _changed(household, "give_consent", operator_code, actor, assisted_session)
        return consent


def withdraw_consent(
    *, household: Household, operator_code: str, actor: User, assisted_session: AssistedSession | None
) -> None:
    """From now on the operator must not hold this household; with no operator (""), no operator may."""
    with transaction.atomic(), pghistory.context(why="withdraw_consent"):
        household = lock_household(household)
        require_household(actor, household)  # under the lock: the members cannot change meanwhile
        require_assisted_session(actor, assisted_session, household)
        consents = household.consents.filter(withdrawn_at=None)
        if operator_code:
            consents = consents.filter(operator_code=operator_code)
        if consents.update(withdrawn_at=timezone.now()):
            _changed(household, "withdraw_consent", operator_code, actor, assisted_session)


def _changed(
    household: Household,
    action: str,
    operator_code: str,
    actor: User,
    assisted_session: AssistedSession | None,
) -> None:
    # A new version, because operators ignore what is not newer than what they hold.
    bump_household(household)
    audit.record(
        actor=actor,
        action=action,
        subject_kind="household",
        subject_id=household.pk,
        reason=operator_code,
        assisted_session_id=assisted_session.pk if assisted_session else None,
    )
