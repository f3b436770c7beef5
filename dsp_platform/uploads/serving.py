"""A page of a document as it is served, to whoever may see it: the caller has checked."""

import regex
from django.http import Http404, HttpRequest, HttpResponse

from dsp_platform.uploads import store
from dsp_platform.uploads.models import Page
from dsp_platform.uploads.recordings import EXTENSIONS

# Pictures were encoded by ``decode``, recordings are made plain and not decoded: should one be taken for
# something else, nothing in it may run.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
# iPhones play nothing of which they cannot ask for a part.
_RANGE = regex.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")


def served(request: HttpRequest, page: Page, size: str) -> HttpResponse:
    """Raises Http404 where the file is missing."""
    try:
        content = store.read(page.file, size)
    except store.Missing:
        raise Http404 from None
    media = page.upload.media
    if not media:
        return HttpResponse(
            content, content_type="image/jpeg", headers=_HEADERS | {"Content-Disposition": "inline"}
        )
    name = f"recording-{page.upload.created_at:%Y%m%d}.{EXTENSIONS[media]}"
    headers = _HEADERS | {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Accept-Ranges": "bytes",
    }
    return _part(request, content, media, headers)


def _part(request: HttpRequest, content: bytes, media: str, headers: dict[str, str]) -> HttpResponse:
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not (asked[1] or asked[2]):
        return HttpResponse(content, content_type=media, headers=headers)
    if asked[1]:
        first, last = int(asked[1]), int(asked[2]) if asked[2] else len(content) - 1
    else:  # so many from the end
        first, last = max(0, len(content) - int(asked[2])), len(content) - 1
    last = min(last, len(content) - 1)
    if first > last:
        headers = headers | {"Content-Range": f"bytes */{len(content)}"}
        return HttpResponse(status=416, headers=headers)
    headers = headers | {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
    part = content[first : last + 1]
    return HttpResponse(part, content_type=media, headers=headers, status=206)
