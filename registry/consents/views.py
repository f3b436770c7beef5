"""Consents of the household: the list, and a page to give and one to withdraw each."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.assisted_sessions.services import Given
from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.exchange.ledger.selectors import agreements_in_force, operators_to_consent
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.web.forms import is_submitted, never_kept, saved
from dsp_platform.web.shown import digest_of, is_sent_as_shown
from registry.consents import services
from registry.consents.forms import OperatorsForm, consent_paragraphs
from registry.consents.given import given_by_code, given_form
from registry.models import Consent, Household, Person
from registry.my_data.sections import DataSubject, affected_by_withdrawal
from registry.my_data.selectors import copies_about, data_subject
from registry.persons.subject import household_required, log_access, subject_required, user_of


def _open_consents(household: Household) -> dict[str, Consent]:
    """By operator. The consent to the registration itself is withdrawn at the commune office."""
    rows = household.consents.filter(withdrawn_at=None).exclude(operator_code="")
    return {row.operator_code: row for row in rows.select_related("given_by", "witness")}


@subject_required()
def _no_household(request: HttpRequest, person: Person) -> HttpResponse:
    """A consent is of a household: why there is none to give or take back."""
    return render(request, "registry/consents/no_household.html", {"person": person})


@actor_required
@household_required(otherwise=_no_household)
def consents(request: HttpRequest, person: Person, household: Household) -> HttpResponse:
    given = _open_consents(household)
    asked = {operator.pk: operator for operator in operators_to_consent()}
    # A consent whose operator is not asked about any more can still be taken back.
    asked |= {one.pk: one for one in Operator.objects.filter(pk__in=given.keys() - asked.keys())}
    rows = [(one, str(one), given.get(code)) for code, one in sorted(asked.items())]
    return render(request, "registry/consents/consents.html", {"person": person, "rows": rows})


@actor_required
@household_required(access=False, otherwise=_no_household)
def give(request: HttpRequest, person: Person, household: Household, code: str) -> HttpResponse:
    case = assisted_session_of(request)
    asked = _asked(code)
    form = given_form(request, case, by_code=bool(person.phone))
    is_said_how = form is None or not is_submitted(request) or form.is_valid()
    if is_said_how and is_sent_as_shown(request, asked.digest):
        if form is None or not form.is_by_code:
            return _give(request, person, household, asked, form.way if form else None)
        try:
            # Only the words that were shown are agreed to by the code.
            keep = {"digest": asked.digest}
            code_request = _code_request(request, person, code)
            code_request.send(person.phone, "", language=person.language, keep=keep)
        except CodeProblem as problem:
            form.add_error("given", str(problem))
        else:
            return redirect("registry:consent_give_code", code)
    log_access(request, person)
    context = {"person": person, "asked": asked, "form": form, "code": code}
    return render(request, "registry/consents/consent_give.html", context)


@actor_required
@household_required(access=False, otherwise=_no_household)
@never_kept
def give_code(request: HttpRequest, person: Person, household: Household, code: str) -> HttpResponse:
    """The person reads the code from their phone, the official types it; only then the consent is given."""
    if assisted_session_of(request) is None:
        raise Http404
    asked = _asked(code)
    code_request = _code_request(request, person, code)
    challenge = code_request.challenge()
    if challenge is None or (code_request.also_kept or {}).get("digest") != asked.digest:
        return redirect("registry:consent_give", code)

    def agreed(proved: PhoneChallenge) -> HttpResponse:
        return _give(request, person, household, asked, given_by_code(person, proved))

    return code_page(
        code_request,
        challenge,
        "registry/consents/give_code.html",
        {"person": person, "asked": asked},
        then=agreed,
        done=lambda answer: answer,
        language=person.language,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked to agree to, in the active language."""

    code: str
    operator: str
    text: str
    paragraphs: list[str]
    purposes: list[str]

    @property
    def digest(self) -> str:
        return digest_of(self.text, self.paragraphs, self.purposes)


def _asked(code: str) -> Asked:
    operator = next((one for one in operators_to_consent() if one.pk == code), None)
    if operator is None:
        raise Http404
    consented = agreements_in_force().filter(operator=operator, basis=Agreement.Basis.CONSENT)
    return Asked(
        code=code,
        operator=str(operator),
        text=OperatorsForm(operators=[operator]).text_of(code),
        paragraphs=consent_paragraphs()[1:],
        purposes=list(dict.fromkeys(one.purpose for one in consented)),
    )


def _give(
    request: HttpRequest, person: Person, household: Household, asked: Asked, given: Given | None
) -> HttpResponse:
    case = assisted_session_of(request)
    try:
        with refusals_recorded(request, "household", household.pk, assisted_session=case):
            services.give_consent(
                household=household,
                given_by=person,
                operator_code=asked.code,
                purpose=_("To share the household's details with %(operator)s.")
                % {"operator": asked.operator},
                text=asked.text,
                language=get_language() or "km",
                actor=user_of(request),
                assisted_session=case,
                given=given,
            )
    except StepRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The consent is saved. The operator will receive the details."))
    return redirect("registry:consents")


def _code_request(request: HttpRequest, person: Person, code: str) -> CodeRequest:
    subject = f"consent:{person.pk}:{code}"
    return CodeRequest(
        request, purpose=PhoneChallenge.Purpose.SHARE, subject=subject, account=user_of(request)
    )


@actor_required
@household_required(access=False, otherwise=_no_household)
def withdraw(request: HttpRequest, person: Person, household: Household, code: str) -> HttpResponse:
    """Shows the effects first; a second submission finds the consent withdrawn and only redirects."""
    operator = Operator.objects.filter(pk=code).first()
    if operator is None:
        raise Http404
    if code not in _open_consents(household):
        if not household.consents.filter(operator_code=code).exists():
            raise Http404
        saved(request)
        return redirect("registry:my_data")
    effects = _effects(data_subject(person, assisted_session=assisted_session_of(request)), operator)
    effects["digest"] = digest_of(*effects.values())
    if is_sent_as_shown(request, effects["digest"]):
        try:
            with refusals_recorded(
                request, "household", household.pk, assisted_session=assisted_session_of(request)
            ):
                services.withdraw_consent(
                    household=household,
                    operator_code=code,
                    actor=user_of(request),
                    assisted_session=assisted_session_of(request),
                )
        except StepRefused as error:
            messages.error(request, str(error))
            return redirect("registry:consents")
        messages.success(
            request, _("The consent is taken back. The operator is told to delete the details. See below.")
        )
        return redirect("registry:my_data")
    log_access(request, person)
    return render(request, "registry/consents/consent_withdraw.html", effects)


def _effects(about: DataSubject, operator: Operator) -> dict[str, Any]:
    copies = [copy for at in copies_about(about) if at.operator == operator for copy in at.copies]
    by_law = agreements_in_force().filter(operator=operator, basis=Agreement.Basis.LAW)
    return {
        "person": about.person,
        "operator": str(operator),
        "effects": affected_by_withdrawal(about, operator.pk),
        "names": sorted({name for copy in copies if copy.record.is_at_operator for name in copy.names}),
        "by_law": by_law.exists(),
    }
