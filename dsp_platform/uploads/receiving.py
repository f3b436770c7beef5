"""The files of a form are added to the documents of a subject."""

from typing import cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.uploads import services
from dsp_platform.uploads.errors import UploadRefused
from dsp_platform.uploads.handlers import refused_files


def receive(request: SignedInRequest, *, field: str, kind: str, key: str, title: str) -> list[str]:
    """Each separately: a refused one does not stop the others. Returns why some were refused, in words.

    Raises ``PermissionDenied`` as ``services.add``.
    """
    kept, refused = 0, [str(refusal) for refusal in refused_files(request)]
    services.refuse_before_reading(actor=request.user, files=len(refused))
    for sent in cast("list[UploadedFile]", request.FILES.getlist(field)):
        try:
            services.add(
                actor=request.user,
                assisted_session=request.assisted_session,
                kind=kind,
                key=key,
                title=title,
                name=sent.name or "",
                content=sent.read(),
            )
            kept += 1
        except UploadRefused as error:
            refused.append(str(error))
        finally:
            sent.close()
    if kept:
        messages.success(request, _("Your files were received. You need not wait until they are read."))
    return refused
