"""Which operators may hold the household's details: given and taken back at any time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsp_platform.accounts.decorators import actor_required
from dsp_platform.exchange.selectors import operators_to_consent
from dsp_platform.forms import bind, is_submitted
from registry import selectors, services
from registry.forms.household import OperatorsForm, consent_paragraphs
from registry.models import Household, Person
from registry.views.actor import case_of, note_look, subject_of, user_of


@actor_required
def consents(request: HttpRequest) -> HttpResponse:
    person = subject_of(request)
    household = selectors.household_of(person) if person else None
    if person is None or household is None:
        return redirect("registry:register")
    open_now = {c.operator_code for c in selectors.consents_of(household) if c.withdrawn_at is None}
    form = bind(
        OperatorsForm, request, operators=operators_to_consent(), initial={"operators": list(open_now)}
    )
    if is_submitted(request) and form.is_valid():
        _change(request, form, household, person, open_now)
        messages.success(request, _("The consents are saved."))
        return redirect("registry:me")
    note_look(request, person)
    context = {"form": form, "person": person, "paragraphs": consent_paragraphs()[1:]}
    return render(request, "registry/consents.html", context)


def _change(
    request: HttpRequest, form: OperatorsForm, household: Household, person: Person, open_now: set[str]
) -> None:
    """Only of the operators on the page: a consent that is not asked for now stays as it is."""
    actor, case = user_of(request), case_of(request)
    for code, label in form.labels.items():
        if code in form.chosen and code not in open_now:
            services.give_consent(
                household=household,
                given_by=person,
                operator_code=code,
                purpose=_("To share the household's details with %(operator)s.") % {"operator": label},
                text=form.text_of(code),
                language=get_language() or "km",
                actor=actor,
                case=case,
            )
        elif code in open_now and code not in form.chosen:
            services.withdraw_consent(household=household, operator_code=code, actor=actor, case=case)
