"""What pages of the domains show of documents. Whether the page may be seen at all is the page's business."""

from itertools import groupby
from typing import NamedTuple

from django import template
from django.template.context import Context

from dsp_platform.uploads import selectors, services, store
from dsp_platform.uploads.contract import may_add, may_see
from dsp_platform.uploads.models import Page, Upload

register = template.Library()


class Sheet(NamedTuple):
    page: Page
    is_there: bool


class Sent(NamedTuple):
    upload: Upload
    sheets: list[Sheet]
    removable: bool


class Document(NamedTuple):
    title: str
    uploads: list[Sent]


@register.inclusion_tag("uploads/list.html", takes_context=True)
def uploads(context: Context, kind: str, key: object) -> dict[str, object]:
    """``{% uploads "application" application.pk %}``: the pages of each document, and the way to add some.

    Shows nothing to whom the subject's domain does not show its documents.
    """
    request = context["request"]
    user, case = request.user, getattr(request, "case", None)
    if not user.is_authenticated or not may_see(user, case, kind, str(key)):
        return {"documents": []}
    may_change = may_add(user, case, kind, str(key))
    return {
        "documents": _documents(kind, str(key), may_change),
        "kind": kind,
        "key": str(key),
        "may_add": may_change and not context.get("sending"),
    }


def _documents(kind: str, key: str, may_change: bool) -> list[Document]:
    found = sorted(selectors.uploads_of(kind, key), key=lambda upload: upload.title)
    return [
        Document(title, [_sent(upload, may_change) for upload in uploads])
        for title, uploads in groupby(found, key=lambda upload: upload.title)
    ]


def _sent(upload: Upload, may_change: bool) -> Sent:
    sheets = [Sheet(page, store.is_there(page.file)) for page in upload.pages.all()]
    return Sent(upload, sheets, may_change and services.is_removable(upload))
