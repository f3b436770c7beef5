"""The service worker, and what it keeps on a device: pages and files without personal data."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dsp_platform.offline.kept import paths_never_kept
from dsp_platform.offline.services import DEVICE_DAYS

FILES = ["dspp.css", "dspp.js", "dspp.svg", "offline/store.js", "offline/page.js"]
PAGES = ["offline:list"]
"""Open to everybody, and fetched without a session."""


def register_shell(*, page: str, files: list[str]) -> None:
    """A further page that is shown without a line, and the static files it needs."""
    PAGES.append(page)
    FILES.extend(files)


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """It stands at the root, so that it serves the pages of both languages. Its first line says what belongs
    to this release: another list is another service worker.
    """
    pages = {code: _pages(code) for code, _name in settings.LANGUAGES}
    files = [static(one) for one in FILES]
    body = Path(str(finders.find("offline/service-worker.js"))).read_text()
    content = "".join(Path(str(finders.find(one))).read_text() for one in FILES) + body
    told = {
        "pages": pages,
        "files": files,
        "store": static("offline/store.js"),
        "release": hashlib.sha256((content + repr(paths_never_kept())).encode()).hexdigest()[:16],
        "days": DEVICE_DAYS,
        "never": paths_never_kept(),
        "languages": [code for code, _name in settings.LANGUAGES],
    }
    script = f"const SHELL = {json.dumps(told)};\n{body}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


def _pages(language: str) -> list[str]:
    with translation.override(language):
        return [reverse(name) for name in PAGES]
