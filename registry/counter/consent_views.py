"""A person consents to be helped by a code that is sent to their phone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.models import AssistedSession, PhoneChallenge
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import never_kept
from dsp_platform.web.middleware import clear_cache
from registry.consents.given import given_by_code
from registry.counter.chosen import CHOSEN, note_opened
from registry.counter.forms import acting_text
from registry.models import Person
from registry.persons.selectors import persons_visible_to
from registry.persons.subject import user_of


def ask_for_code(request: HttpRequest, person: Person, reason: str) -> HttpResponse:
    """Raises a ``CodeProblem`` where none may be sent."""
    _code_request(request, person).send(person.phone, "", language=person.language, keep={"reason": reason})
    return redirect("registry:counter_open_code")


@account_only
@official_required
@never_kept
def counter_open_code(request: HttpRequest) -> HttpResponse:
    """The person reads the code from their phone, the official types it; only then the case is open."""
    official = user_of(request)
    chosen: dict[str, Any] = request.session.get(CHOSEN) or {}
    person = persons_visible_to(official).filter(pk=chosen.get("person", 0)).first()
    if person is None:
        return redirect("registry:me" if assisted_session_of(request) else "registry:counter")
    code_request = _code_request(request, person)
    challenge = code_request.challenge()
    if challenge is None:
        return redirect("registry:counter_open")

    def opened(proved: PhoneChallenge) -> AssistedSession:
        return open_assisted_session(
            official=official,
            subject_id=person.pk,
            reason=code_request.also_kept["reason"],
            consent_text=acting_text(),
            given=given_by_code(person, proved),
        )

    def done(assisted_session: AssistedSession) -> HttpResponse:
        note_opened(request, assisted_session)
        if assisted_session_of(request) is not None:  # it is ended by this one
            clear_cache(request)
        return redirect("registry:me")

    return code_page(
        code_request,
        challenge,
        "registry/counter/open_code.html",
        {"person": person, "text": acting_text()},
        then=opened,
        done=done,
        language=person.language,
    )


def _code_request(request: HttpRequest, person: Person) -> CodeRequest:
    subject = f"person:{person.pk}"
    return CodeRequest(request, purpose=Purpose.CONSENT, subject=subject, account=user_of(request))
