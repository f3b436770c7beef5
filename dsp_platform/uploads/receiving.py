"""The files of a form are added to what a subject has."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.uploads import services
from dsp_platform.uploads.errors import UploadRefused
from dsp_platform.uploads.handlers import refused_files


def receive(request: SignedInRequest, *, field: str, kind: str, key: str, title: str) -> list[str]:
    """Returns why some were refused, in words. Raises ``PermissionDenied`` as ``services.add``."""

    def add(name: str, content: bytes) -> None:
        services.add(
            actor=request.user,
            assisted_session=request.assisted_session,
            kind=kind,
            key=key,
            title=title,
            name=name,
            content=content,
        )

    return receive_each(request, field=field, actor=request.user, add=add)


def receive_each(
    request: HttpRequest,
    *,
    field: str,
    actor: User | None,
    add: Callable[[str, bytes], object],
    refusals: tuple[type[Exception], ...] = (UploadRefused,),
) -> list[str]:
    """Each separately, by ``add(name, content)``: a refused one does not stop the others. Returns why some
    were refused, in words."""
    kept, refused = 0, [str(refusal) for refusal in refused_files(request)]
    services.refuse_before_reading(actor=actor, files=len(refused))
    for sent in cast("list[UploadedFile]", request.FILES.getlist(field)):
        try:
            add(sent.name or "", sent.read())
            kept += 1
        except refusals as error:
            refused.append(str(error))
        finally:
            sent.close()
    if kept:
        messages.success(request, _("Your files were received. You need not wait until they are read."))
    return refused
