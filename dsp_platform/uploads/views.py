"""The page on which documents are sent and removed, and the pictures, to those who may see them."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dsp_platform.accounts.access.decorators import actor_required, signed_in_required
from dsp_platform.accounts.access.entry_points import sign_in_url
from dsp_platform.accounts.models import User
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.uploads import selectors, services
from dsp_platform.uploads.access_log import log_access
from dsp_platform.uploads.contract import Subject, may_add, registered_subject
from dsp_platform.uploads.errors import UploadRefused
from dsp_platform.uploads.forms import DocumentForm
from dsp_platform.uploads.handlers import refused_files, takes_files
from dsp_platform.uploads.models import Upload
from dsp_platform.uploads.receiving import receive
from dsp_platform.uploads.serving import served
from dsp_platform.web.forms import bind, is_submitted, saved


@takes_files
@actor_required
def documents(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    """What was sent so far, and a form for one more document of one or several files."""
    subject = registered_subject(kind)
    if subject is None or not subject.may_see(request.user, request.assisted_session, key):
        raise Http404
    if not may_add(request.user, request.assisted_session, kind, key):
        return redirect(subject.page(key))
    form = bind(DocumentForm, request, titles=subject.titles(key), refused=refused_files(request))
    if is_submitted(request) and form.is_valid() and _receive(request, subject, key, form):
        saved(request)
        return redirect("uploads:documents", kind, key)
    sent = selectors.uploads_shown_to(request.user, request.assisted_session, kind, key)
    context = {
        "form": form,
        "kind": kind,
        "key": key,
        "heading": subject.heading(key),
        "back": subject.page(key),
        "door": sign_in_url(request.user.role),
        "sent": sent,
        "reading": any(upload.state == Upload.State.READING for upload in sent),
    }
    return render(request, "uploads/documents.html", context)


def _receive(request: SignedInRequest, subject: Subject, key: str, form: DocumentForm) -> bool:
    """True if all were accepted."""
    refused = receive(request, field="files", kind=subject.kind, key=key, title=form.title())
    for words in refused:
        form.add_error("files", words)
    return not refused


@actor_required
def remove(request: SignedInRequest, upload: UUID) -> HttpResponse:
    """GET asks for confirmation, POST removes."""
    found = selectors.upload_visible_to(request.user, request.assisted_session, upload)
    if found is None:
        raise Http404
    kind, key = found.subject_kind, found.subject_key
    if not is_submitted(request):
        return render(request, "uploads/remove.html", {"upload": found, "pages": found.pages.all()})
    try:
        services.remove(actor=request.user, assisted_session=request.assisted_session, upload=found)
    except UploadRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The document was removed."))
    return redirect("uploads:documents", kind, key)


@require_safe
@signed_in_required
def page(request: HttpRequest, upload: UUID, number: int, size: str) -> HttpResponse:
    """One picture or recording; permission is checked on every request."""
    user, assisted_session = cast(User, request.user), assisted_session_of(request)
    found = selectors.page_visible_to(user, assisted_session, upload, number)
    if found is None:
        raise Http404
    response = served(request, found, size)
    log_access(user, assisted_session, found.upload)
    return response
