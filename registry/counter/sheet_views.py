"""The consent sheet of a case: what will stand on it, and the page to print, sign and photograph."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.web.forms import is_submitted, saved
from registry.consents.forms import OperatorsForm
from registry.consents.photos import may_add, may_see, person_of, sheet_of
from registry.consents.sheets import PREFIX, make_sheet
from registry.persons.subject import log_access, user_of
from registry.registration.selectors import draft_of, name_of_head

OPERATOR = "operator"
SIGN_LENGTH = 16
"""Hexadecimal signs of the digest on the sheet: enough that no other text has the same."""


def _texts(official: User, case: AssistedSession, operator_code: str) -> list[str]:
    """What was read out in this case so far, and of the operator that is asked for."""
    draft = draft_of(official, case)
    registration = str(draft.answers.get("consent", {}).get("text", "")) if draft else ""
    asked = [one for one in operators_to_consent() if one.code == operator_code]
    of_operator = OperatorsForm(operators=asked).text_of(operator_code) if asked else ""
    return [text for text in (case.consent_text, registration, of_operator) if text]


@actor_required
def sheet_new(request: HttpRequest) -> HttpResponse:
    """``operator``: whose consent is asked for on the page from which this one is opened."""
    case = assisted_session_of(request)
    if case is None or not case.consent_text:  # where a death is told, nobody consents
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    operator_code = asked.get(OPERATOR, "")
    texts = _texts(user_of(request), case, operator_code)
    if is_submitted(request):
        language = get_language() or "km"
        try:
            with refusals_recorded(request, "person", case.subject_id, assisted_session=case):
                made = make_sheet(
                    actor=user_of(request), assisted_session=case, texts=texts, language=language
                )
        except StepRefused as error:
            messages.error(request, str(error))
            return redirect("registry:me")
        saved(request)
        return redirect("registry:consent_sheet", made.reference)
    context = {"texts": texts, "operator_code": operator_code}
    return render(request, "registry/counter/sheet_new.html", context)


@actor_required
def sheet(request: HttpRequest, reference: str) -> HttpResponse:
    user, case = user_of(request), assisted_session_of(request)
    found = sheet_of(clean_reference(reference, PREFIX) or "")
    if found is None or not may_see(user, case, found.reference):
        raise Http404
    person = person_of(found)
    if person is not None:
        log_access(request, person)
    context = {
        "sheet": found,
        "name": person.name if person else name_of_head(draft_of(user, case)),
        "spid": person.spid_grouped if person else "",
        "digest": bytes(found.text_digest).hex()[:SIGN_LENGTH],
        "may_add": may_add(user, case, found.reference),
    }
    return render(request, "registry/counter/sheet.html", context)
