"""Receives files: each in a temporary file, and only for views that take files.

Django parses the whole request before it calls the view, and has no limit for files: anybody could fill the
disk by sending some to any page. A file that is refused here is read to its end and discarded, so that the
other files and fields still arrive; the view finds it in ``refused_files``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from dsp_platform.uploads import errors
from dsp_platform.web.file_pages import size_setting

MEGABYTE = 1024 * 1024
_MARK, _VISITORS = "takes_files", "takes_files_of"


def takes_files(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator, outermost: accept files sent to this view by somebody signed in. How large they may be
    stands with its path in ``settings.FILE_PAGES``."""

    @wraps(view)
    def receiving(*args: Any, **kwargs: Any) -> HttpResponse:
        return view(*args, **kwargs)

    setattr(receiving, _MARK, True)
    return receiving


def takes_files_of(visitors: Callable[[HttpRequest], bool]) -> Callable[..., Callable[..., HttpResponse]]:
    """``takes_files``, also of visitors without an account to whom ``visitors`` says yes."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        receiving = takes_files(view)
        setattr(receiving, _VISITORS, visitors)
        return receiving

    return decorate


def is_marked(view: Callable[..., HttpResponse]) -> bool:
    return getattr(view, _MARK, False)


def refused_files(request: HttpRequest) -> list[errors.FileRefused]:
    """Files that were too large, or for which there was no room."""
    request.FILES  # noqa: B018  # parses the request, if that has not been done yet
    return getattr(request, "_refused_files", [])


class LimitedHandler(TemporaryFileUploadHandler):
    request: HttpRequest

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.request._refused_files = []  # type: ignore[attr-defined]
        self.files = 0
        match = getattr(self.request, "resolver_match", None)
        user = getattr(self.request, "user", None)
        setting = size_setting(self.request.path) if match and is_marked(match.func) else ""
        self.accepts_files = bool(setting and user and (user.is_authenticated or self._is_known(match)))
        self.megabytes = getattr(settings, setting) if setting else 0
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if self.accepts_files:
            most += settings.UPLOAD_FILES * self.megabytes * MEGABYTE
        if content_length > most:
            raise RequestDataTooBig("Request body exceeded what this page takes.")

    def _is_known(self, match: ResolverMatch | None) -> bool:
        visitors = getattr(match and match.func, _VISITORS, None)
        return visitors is not None and visitors(self.request)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if not self.accepts_files:
            raise SkipFile
        self.received, self.files = 0, self.files + 1
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            self._refuse(errors.NotNow(self.file_name or ""))
        if self.files > settings.UPLOAD_FILES:
            self._drop(errors.TooManyAtOnce(self.file_name or "", settings.UPLOAD_FILES))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.megabytes * MEGABYTE:
            self._drop(errors.TooLarge(self.file_name or "", self.megabytes))
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            self._drop(errors.NotNow(self.file_name or ""))

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Drop the reference: Django closes ``self.file`` when the next file is refused."""
        done = super().file_complete(file_size)
        del self.file
        return done

    def _drop(self, refusal: errors.FileRefused) -> None:
        self.file.close()
        self._refuse(refusal)

    def _refuse(self, refusal: errors.FileRefused) -> None:
        self.request._refused_files.append(refusal)  # type: ignore[attr-defined]
        raise SkipFile
