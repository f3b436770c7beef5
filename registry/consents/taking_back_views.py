"""The page on which the head of a household takes back the whole registration, at the counter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.shown import digest_of, is_sent_as_shown
from registry.consents.taking_back import may_take_back, take_back_registration
from registry.models import Household, Person
from registry.my_data.sections import affected_by_withdrawal
from registry.my_data.selectors import copies_about, data_subject
from registry.persons.households import members_of
from registry.persons.subject import household_required, log_access, user_of


@actor_required
@household_required(access=False, otherwise="registry:me")
def take_back(request: HttpRequest, person: Person, household: Household) -> HttpResponse:
    """Shows what follows first. Citizens by themselves are sent to the commune office."""
    assisted_session = assisted_session_of(request)
    if assisted_session is None:
        return redirect("registry:consents")
    log_access(request, person)
    members = members_of(household)
    if not may_take_back(household, user_of(request), assisted_session):
        context = {"person": person, "head": members[0].person}
        return render(request, "registry/consents/take_back_by_head.html", context)
    about = data_subject(person, assisted_session=assisted_session)
    shown = {
        "household": household.number,
        "members": [(one.person.name, one.person.spid_grouped) for one in members],
        "operators": [str(at.operator) for at in copies_about(about) if at.has_copies],
        "effects": affected_by_withdrawal(about, ""),
    }
    digest = digest_of(*shown.values())
    if is_sent_as_shown(request, digest):
        try:
            with refusals_recorded(request, "household", household.pk, assisted_session=assisted_session):
                take_back_registration(
                    household=household, actor=user_of(request), assisted_session=assisted_session
                )
        except StepRefused as error:
            messages.error(request, str(error))
            return redirect("registry:consents")
        messages.success(
            request, _("The registration is taken back. The operators are told to delete the details.")
        )
        return redirect("registry:me")
    return render(request, "registry/consents/take_back.html", {"person": person, "digest": digest, **shown})
