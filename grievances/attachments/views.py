"""The files of a grievance on pages of its reporter, by account, assisted session, or reference and PIN."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.uploads.errors import UploadRefused
from dsp_platform.uploads.handlers import refused_files, takes_files_of
from dsp_platform.uploads.models import Page, Upload
from dsp_platform.uploads.receiving import receive_each
from dsp_platform.uploads.selectors import uploads_of
from dsp_platform.uploads.serving import served
from dsp_platform.web.forms import bind, is_submitted, saved
from grievances import pin_session, selectors
from grievances.actors import named_actor
from grievances.attachments.forms import FilesForm
from grievances.attachments.services import attach
from grievances.attachments.subject import GRIEVANCE
from grievances.deciders import why_unread
from grievances.models import Grievance
from grievances.reporters import found_by_reporter, session_for_audit, user_of


def _found(request: HttpRequest, reference: str) -> Grievance | None:
    """Also for the browser that is still shown the PIN. Not for staff who may not read it."""
    found = found_by_reporter(request, reference)
    if found is None:
        sent = selectors.by_reference(reference)
        found = sent if sent and pin_session.pin_to_show(request) == sent.pk else None
    user = user_of(request)
    if found and user and why_unread(user, found, assisted_session_of(request)):
        return None
    return found


@takes_files_of(pin_session.has_any)
def files(request: HttpRequest, reference: str) -> HttpResponse:
    """What was sent so far, and a form for more while it is open."""
    found = _found(request, reference)
    if found is None:
        return redirect("grievances:follow")
    if not found.is_open:
        return redirect("grievances:grievance", found.reference)
    form = bind(FilesForm, request, refused=refused_files(request))
    if is_submitted(request) and form.is_valid() and _receive(request, found, form):
        saved(request)
        return redirect("grievances:files", found.reference)
    sent = uploads_of(GRIEVANCE, str(found.pk))
    context = {
        "grievance": found,
        "form": form,
        "sent": sent,
        "reading": any(one.state == Upload.State.READING for one in sent),
        "door": reverse("grievances:follow"),
        "back": _back(request, found),
    }
    return render(request, "grievances/attachments/files.html", context)


def _back(request: HttpRequest, found: Grievance) -> str:
    """To the page with the PIN, where that is still to be noted."""
    if pin_session.pin_to_show(request) == found.pk:
        return reverse("grievances:reported")
    return reverse("grievances:grievance", args=[found.reference])


def _receive(request: HttpRequest, found: Grievance, form: FilesForm) -> bool:
    """True if all were accepted."""
    user, session = user_of(request), session_for_audit(request, found)

    def add(name: str, content: bytes) -> None:
        with refusals_recorded(request, "grievance", found.pk, assisted_session=session):
            attach(
                grievance=found,
                actor=user,
                assisted_session=assisted_session_of(request),
                name=name,
                content=content,
            )

    refused = receive_each(
        request,
        field="files",
        actor=named_actor(found, user),
        add=add,
        refusals=(UploadRefused, StepRefused),
    )
    for words in refused:
        form.add_error("files", words)
    return not refused


@require_safe
def file(request: HttpRequest, reference: str, upload: UUID, number: int, size: str) -> HttpResponse:
    """One picture or recording; permission is checked on every request."""
    found = _found(request, reference)
    if found is None:
        raise Http404
    pages = Page.objects.select_related("upload").filter(
        upload=upload, upload__subject_kind=GRIEVANCE, upload__subject_key=str(found.pk), number=number
    )
    page = pages.first()
    if page is None:
        raise Http404
    return served(request, page, size)
