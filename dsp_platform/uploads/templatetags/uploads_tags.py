"""Documents on pages of the domains. The page's own view checks who may see the page."""

from itertools import groupby
from typing import NamedTuple

from django import template
from django.template.context import Context

from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.uploads import selectors, services, store
from dsp_platform.uploads.contract import may_add, may_see
from dsp_platform.uploads.models import Page, Upload

register = template.Library()


class Sheet(NamedTuple):
    page: Page
    is_there: bool
    label: str


class Sent(NamedTuple):
    upload: Upload
    sheets: list[Sheet]
    removable: bool
    refusal: str

    @property
    def is_being_read(self) -> bool:
        return self.upload.state == Upload.State.READING


class Document(NamedTuple):
    title: str
    uploads: list[Sent]


@register.filter
def refusal(upload: Upload) -> str:
    return selectors.refusal_of(upload)


@register.inclusion_tag("uploads/list.html", takes_context=True)
def uploads(context: Context, kind: str, key: object) -> dict[str, object]:
    """``{% uploads "application" application.pk %}``: the pages of each document, and the way to add some.

    Shows nothing to people who may not see the subject's documents.
    """
    request = context["request"]
    user, assisted_session = request.user, assisted_session_of(request)
    if not user.is_authenticated or not may_see(user, assisted_session, kind, str(key)):
        return {"documents": []}
    may_change = may_add(user, assisted_session, kind, str(key))
    shown = selectors.uploads_shown_to(user, assisted_session, kind, str(key))
    found = sorted(shown, key=lambda upload: upload.title)
    return {
        "documents": [
            Document(
                title, [_sent(number, upload, may_change) for number, upload in enumerate(pages, start=1)]
            )
            for title, pages in groupby(found, key=lambda upload: upload.title)
        ],
        "kind": kind,
        "key": str(key),
        "may_add": may_change and not context.get("sending"),
    }


@register.inclusion_tag("uploads/viewer.html", takes_context=True)
def upload_viewer(context: Context, kind: str, key: object) -> dict[str, object]:
    """The same, large and one below the other, for whoever reads them beside something else; ``viewer.js``
    shows one page at a time."""
    return uploads(context, kind, key)


def _sent(number: int, upload: Upload, may_change: bool) -> Sent:
    pages = upload.pages.all()
    labels = [str(number) if len(pages) == 1 else f"{number}.{page.number}" for page in pages]
    sheets = [
        Sheet(page, store.is_there(page.file), label) for page, label in zip(pages, labels, strict=True)
    ]
    refused = upload.state == Upload.State.REFUSED
    refusal = selectors.refusal_of(upload) if refused and may_change else ""
    return Sent(upload, sheets, may_change and services.is_removable(upload), refusal)
