"""The queue of grievances of an official's teams, without names; one of them opened, answered, passed up."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.casework.deadlines.reminders import due_soon_among
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.note_pages import NoteForm, notes_context, receive_note
from dsp_platform.casework.pages import handle, nothing_next, staff, step_context, unread, with_filters
from dsp_platform.casework.queue.tabs import next_to_do
from dsp_platform.database.references import clean_reference
from dsp_platform.web.forms import bind, is_submitted
from dsp_platform.web.keyset import page_after
from grievances import services
from grievances.about import first_words, lines
from grievances.actors import looked_at
from grievances.deciders import grievance_deciders
from grievances.desk.forms import GrievanceReferenceForm
from grievances.desk.selectors import PARTS, at_desk, at_desk_in, has_left
from grievances.forms import HandleForm
from grievances.models import Grievance
from grievances.pins import PREFIX
from grievances.timeline import staff_timeline

SHOWN = 50
KEPT = TAB, AFTER = "tab", "after"


@dataclass(frozen=True, slots=True)
class QueueRow:
    grievance: Grievance
    is_unread: bool
    """About whoever reads the queue, or their kin: the row shows no more than its kind."""
    is_late: bool
    is_due_soon: bool
    begins: str
    """The first words, by which its readers tell it from others."""


@account_only
@official_required
def grievances(request: HttpRequest) -> HttpResponse:
    """Oldest due first, paginated; or any of them by its reference."""
    user = staff(request)
    form = bind(GrievanceReferenceForm, request)
    if is_submitted(request) and form.is_valid():
        found = at_desk(user, form.cleaned_data["reference"])
        if found is not None:
            return redirect("grievances:desk_grievance", found.reference)
        form.add_error("reference", _("No report with this reference is with a team of yours."))
    which = request.GET.get(TAB, "")
    shown, after = page_after(at_desk_in(which, user), request.GET.get(AFTER, ""), SHOWN)
    closed, soon = grievance_deciders.unread_among(user, shown), due_soon_among(shown)
    now = timezone.now()
    context = {
        "form": form,
        "rows": [
            QueueRow(
                grievance=one,
                is_unread=one.pk in closed,
                is_late=bool(one.is_open and one.due_at and one.due_at < now),
                is_due_soon=one.pk in soon,
                begins=first_words(one),
            )
            for one in shown
        ],
        "shown": shown,
        "after": after,
        "here": with_filters(request, "", KEPT),
        "is_later": bool(request.GET.get(AFTER)),
        "which": which,
        "filters": PARTS,
    }
    audit.record(actor=user, action="list", subject_kind="grievance", details={"rows": len(shown)})
    return render(request, "grievances/desk/grievances.html", context)


def _queue(request: HttpRequest) -> str:
    return with_filters(request, reverse("grievances:desk"), KEPT)


def _page_of(request: HttpRequest, found: Grievance) -> str:
    return with_filters(request, reverse("grievances:desk_grievance", args=[found.reference]), KEPT)


@account_only
@official_required
def grievance(request: HttpRequest, reference: str) -> HttpResponse:
    """Who reported it is named here alone, and every look is logged."""
    user, found = staff(request), at_desk(staff(request), reference)
    if found is None:
        return _gone(request, reference)

    def after() -> str:
        """To the same one, as long as it is with a team of theirs."""
        return _page_of(request, found) if at_desk(user, reference) is not None else _queue(request)

    here = _page_of(request, found)
    form = handle(request, found, HandleForm, services.assignment, _handle, here=here, after=after)
    if isinstance(form, HttpResponse):
        return form
    return _page(request, found, form)


@account_only
@official_required
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """POST adds an internal note."""
    user, found = staff(request), at_desk(staff(request), reference)
    if found is None:
        return _gone(request, reference)
    if not is_submitted(request) or grievance_deciders.why_unread(user, found):
        # The language switch keeps what was typed into the form of the page.
        return _page(request, found, bind(HandleForm, request, item=found))
    again = receive_note(request, user, found, grievance_deciders)
    if again is None:
        return redirect(_page_of(request, found))
    return _page(request, found, HandleForm(item=found), again)


@account_only
@official_required
def following(request: HttpRequest, reference: str) -> HttpResponse:
    """The next one of the part of the queue that the official came from."""
    user = staff(request)
    others = at_desk_in(request.GET.get(TAB, ""), user).exclude(reference=clean_reference(reference, PREFIX))
    found = next_to_do(others, user, grievance_deciders)
    if found is not None:
        return redirect(_page_of(request, found))
    messages.info(request, nothing_next())
    return redirect(_queue(request))


def _gone(request: HttpRequest, reference: str) -> HttpResponse:
    """Passed on by a first click of the same button; or by somebody else, or the deadline, while words were
    typed. The same for what never was theirs."""
    if not is_submitted(request):
        raise Http404
    if has_left(staff(request), reference):
        return redirect(_queue(request))
    context = {
        "queue_url": _queue(request),
        "unsent": request.POST.get("note") or request.POST.get("internal_note", ""),
    }
    return render(request, "grievances/desk/gone.html", context, status=404)


def _handle(user: User, found: Grievance, form: StepForm) -> Grievance:
    return services.handle_grievance(grievance=found, actor=user, **form.values())


def _log_access(user: User, found: Grievance, *, named: bool) -> None:
    subjects = [("grievance", found.pk), *(looked_at(found) if named else [])]
    audit.record_each(actor=user, action="view", subjects=subjects, reason="answer")


def _page(
    request: HttpRequest, found: Grievance, form: StepForm, note_form: NoteForm | None = None
) -> HttpResponse:
    user, why = staff(request), grievance_deciders.why_unread(staff(request), found)
    _log_access(user, found, named=not why)
    if why:
        return unread(
            request,
            found,
            kind=found.get_category_display(),
            state=found.get_state_display(),
            why=why,
            back="grievances:desk",
            about=None,
        )
    context = step_context(user, found, form, services.assignment, url=_page_of(request, found))
    context |= {
        "grievance": found,
        "lines": lines(found, user, lambda one: _page_of(request, one)),
        "queue_url": _queue(request),
        "next_url": with_filters(request, reverse("grievances:desk_next", args=[found.reference]), KEPT),
        "events": staff_timeline(found),
    }
    note_url = with_filters(request, reverse("grievances:desk_note", args=[found.reference]), KEPT)
    may_decide = found.is_open and context["barred"] is None
    context |= notes_context(user, found, grievance_deciders, note_url, note_form, may_decide=may_decide)
    return render(request, "grievances/desk/grievance.html", context)
