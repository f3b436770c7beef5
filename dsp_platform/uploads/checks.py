from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register

from dsp_platform.uploads.antivirus import address


@register()
def documents_have_a_folder(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.UPLOADS_FOLDER:
        return [Error("UPLOADS_FOLDER is not set: documents of people need a folder.", id="dspp.E030")]
    folder = Path(settings.UPLOADS_FOLDER)
    if not folder.is_absolute():
        return [Error("UPLOADS_FOLDER must be an absolute path.", id="dspp.E031")]
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    if any(folder == one or one in folder.parents for one in served):
        return [Error("UPLOADS_FOLDER lies where static files are served from.", id="dspp.E031")]
    return []


@register()
def scanner_is_named_well(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        if settings.ANTIVIRUS_URL:
            address(settings.ANTIVIRUS_URL)
    except ValueError as error:
        return [Error(f"ANTIVIRUS_URL: {error}.", id="dspp.E032")]
    return []


@register(deploy=True)
def files_are_scanned(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.ANTIVIRUS_URL:
        return []
    return [Info("ANTIVIRUS_URL is not set: files are re-encoded but not scanned.", id="dspp.I030")]
