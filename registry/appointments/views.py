"""In a case: the person is asked to come back, and has come back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import actor_required, official_required
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import bind, is_submitted, row_number
from registry.appointments import services
from registry.appointments.forms import AppointmentForm
from registry.appointments.selectors import appointments_of
from registry.models import Appointment, Person
from registry.persons.subject import subject_required, user_of


@official_required
@actor_required
@subject_required()
def make(request: HttpRequest, person: Person) -> HttpResponse:
    form = bind(AppointmentForm, request)
    assisted_session = assisted_session_of(request)
    if is_submitted(request) and form.is_valid() and assisted_session:
        made = services.make_appointment(
            person=person, official=user_of(request), assisted_session=assisted_session, **form.cleaned_data
        )
        messages.success(
            request,
            _("Asked to come back on %(day)s.") % {"day": date_format(made.day, "SHORT_DATE_FORMAT")},
        )
        return redirect("registry:me")
    return render(request, "registry/appointments/make.html", {"form": form, "person": person})


@official_required
@actor_required
@require_POST
@subject_required(access=False)
def end(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """POST with ``end``: the person came, or need not come any more."""
    assisted_session, how = assisted_session_of(request), request.POST.get("end", "")
    appointment = appointments_of(person).filter(pk=row_number(str(pk)) or 0).first()
    if appointment is not None and assisted_session and how in Appointment.End.values:
        services.end_appointment(
            appointment=appointment, official=user_of(request), assisted_session=assisted_session, end=how
        )
        messages.success(request, _("It is noted."))
    elif appointment is None and not Appointment.objects.filter(person=person, pk=pk).exists():
        raise Http404
    return redirect("registry:me")
