"""Reporting the number on record, which still consents for the person beside their account, as lost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import citizen_required, step_up_required
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.web.forms import is_submitted
from registry.models import Person
from registry.persons.subject import subject_required, user_of
from registry.phones.keys import report_lost
from registry.phones.selectors import (
    confirmation_phone,
    has_established_account,
    other_confirmation_phone,
    was_set_up,
)


@citizen_required
@step_up_required
@subject_required(access=False, otherwise="registry:me")
def lost_number(request: HttpRequest, person: Person) -> HttpResponse:
    if is_submitted(request):
        if report_lost(account=user_of(request)):
            messages.success(request, _("From 7 days on the number says no yes for you any more."))
        return redirect("registry:lost_number")
    phone = other_confirmation_phone(person)
    context = {
        # Neither the account's number nor one on record can consent.
        "silent": not has_established_account(person) and not confirmation_phone(person),
        "phone": local_form(phone) if phone else "",
        "set_up": was_set_up(person),
        "said": person.lost_numbers.filter(phone=phone).exists(),
    }
    return render(request, "registry/phones/lost_number.html", context)
