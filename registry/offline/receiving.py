"""A household that was written offline: registered when it comes, or left to the official as a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import get_language

from dsp_platform.accounts.assisted_sessions.services import (
    Given,
    end_assisted_session,
    open_assisted_session,
)
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.wizard.questions import Key
from registry.consents.forms import ConsentForm
from registry.counter.forms import acting_text
from registry.errors import (
    AlreadyRegistered,
    MoverConfirmationNeeded,
    RegistrationError,
    SomebodyAlike,
    TooManyLookups,
)
from registry.models import Household
from registry.offline.texts import is_read_as_published
from registry.persons.circumstances import has_difficulty
from registry.persons.forms import DifficultiesForm
from registry.registration.answers import answers_to_details
from registry.registration.counter_wizard import CounterWizard
from registry.registration.drafts import save_draft
from registry.registration.roster.known import look_up
from registry.registration.roster.roster import apply_health, apply_roster
from registry.registration.services import register_household

REFUSED: dict[type[RegistrationError], str] = {
    AlreadyRegistered: "registered_already",
    SomebodyAlike: "alike",
    MoverConfirmationNeeded: "mover",
    TooManyLookups: "too_many_lookups",
}


@dataclass(frozen=True, slots=True)
class Received:
    household: Household | None
    why: str
    """A code of ``reasons``, where nothing was registered: then the answers are an unfinished draft."""


def receive_household(
    *, official: User, written: QueryDict, written_at: datetime | None, signed_in_then: bool
) -> Received:
    """In an assisted session of its own, with the consent that was read out when it was written.

    ``signed_in_then``: whether it was written in the session that sends it. Otherwise
    somebody else could have written it on a laptop that was left: they look at it first.

    Whatever does not stand as it was written, or may be of somebody registered already, is not registered.
    Raises ValueError while another case of the official is open: it would be ended by this one.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=official.pk)
        if AssistedSession.objects.filter(official=official, ended_at=None).exists():
            raise ValueError("a case is open")
        case = open_assisted_session(
            official=official,
            subject_id=None,
            reason="register",
            # Whoever seals something writes what they like into it.
            consent_text=acting_text() if is_read_as_published(written) else "",
            given=Given(language=get_language() or "km"),
            written_at=written_at,
        )
        received = _receive(official, written, case, signed_in_then)
        end_assisted_session(assisted_session=case, end=AssistedSession.End.CLOSED)
        return received


def _receive(official: User, written: QueryDict, case: AssistedSession, signed_in_then: bool) -> Received:
    wizard = CounterWizard({})
    has_consent = _consent(wizard, written)
    errors = apply_roster(wizard, written, official=official)
    if wizard.members and not errors:
        wizard.answers["no_more"] = True
    look_up(wizard, official=official, assisted_session=case)
    errors |= apply_health(wizard, written)
    _difficulties(wizard, written)
    draft = save_draft(owner=official, assisted_session=case, answers=wizard.answers)
    if written.get("unfinished"):
        return Received(None, "unfinished")
    if not signed_in_then:
        return Received(None, "signed_out")
    if not has_consent:
        return Received(None, "consent_changed")
    if errors or not wizard.is_complete:
        is_alike = wizard.first_open().name == "alike"
        return Received(None, "alike" if is_alike and not errors else "incomplete")
    try:
        details = answers_to_details(wizard.answers)
        return Received(
            register_household(actor=official, details=details, draft=draft, assisted_session=case), ""
        )
    except RegistrationError as refused:
        return Received(None, REFUSED.get(type(refused), "incomplete"))


def _consent(wizard: CounterWizard, written: QueryDict) -> bool:
    """Asked again where it was not read out as it is published now."""
    form = ConsentForm(written, operators=operators_to_consent())
    if not is_read_as_published(written) or not form.is_valid():
        return False
    wizard.put(Key("consent"), form.answers)
    return True


def _difficulties(wizard: CounterWizard, written: Mapping[str, Any]) -> None:
    """Each of the six, of those who have one: ``m2-seeing`` and so on."""
    places = {str(written.get(f"m{place}-row", "")): place for place in range(1, 100)}
    for member in wizard.members:
        key = Key("difficulties", member["id"])
        if has_difficulty(member) and key in wizard.order():
            prefix = f"m{places.get(member.get('row', ''), 0)}-"
            told = {
                name.removeprefix(prefix): words for name, words in written.items() if name.startswith(prefix)
            }
            form = DifficultiesForm(told)
            if form.is_valid():
                wizard.put(key, form.answers)
