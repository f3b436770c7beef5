"""Internal notes on an item: for those who work on it, never for the person whose it is."""

from typing import TypeVar, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import NoteMissing
from dsp_platform.casework.models import WorkItem, WorkItemNote
from dsp_platform.khmer.text import clean_lines

Item = TypeVar("Item", bound=WorkItem)
NOTE_LENGTH = 2000


@transaction.atomic
def add_note(*, item: WorkItem, author: User, text: str) -> WorkItemNote:
    """The caller has checked who may. The same sent twice is one note. Raises ``NoteMissing``."""
    text = clean_lines(text)[:NOTE_LENGTH].strip()
    if not text:
        raise NoteMissing
    kind = _kind(item)
    # A second, identical request waits here for the first.
    type(item)._default_manager.select_for_update(no_key=True).values_list("pk").get(pk=item.pk)
    last = WorkItemNote.objects.filter(item_kind=kind, item_id=item.pk).last()
    if last is not None and (last.author_id, last.text) == (author.pk, text):
        return last
    note = WorkItemNote.objects.create(item_kind=kind, item_id=item.pk, author=author, text=text)
    audit.record(actor=author, action="add_note", subject_kind=kind, subject_id=item.pk)
    return note


def with_has_notes(rows: QuerySet[Item]) -> QuerySet[Item]:
    """Annotates whether there are any: most items have none, and their pages ask no more."""
    kind = str(rows.model._meta.model_name)
    notes = WorkItemNote.objects.filter(item_kind=kind, item_id=OuterRef("pk"))
    return cast("QuerySet[Item]", rows.annotate(has_notes=Exists(notes)))


def notes_of(item: WorkItem) -> list[WorkItemNote]:
    """Oldest first."""
    if not getattr(item, "has_notes", True):
        return []
    rows = WorkItemNote.objects.filter(item_kind=_kind(item), item_id=item.pk)
    return list(rows.select_related("author"))


def _kind(item: WorkItem) -> str:
    return str(item._meta.model_name)
