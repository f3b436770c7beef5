"""Internal notes on the page of an item: shown to whoever reads it, written by whoever may."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.forms import LinesField
from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.notes import NOTE_LENGTH, add_note, notes_of
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import bind


class NoteForm(forms.Form):
    internal_note = LinesField(
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("Only staff who handle this read it."),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": gettext_lazy("Write a note.")},
    )


def receive_note(
    request: HttpRequest, user: User, item: WorkItem, deciders: Deciders[Any]
) -> NoteForm | None:
    """Add the note that was sent. The form to show again, or None where it was added."""
    form = bind(NoteForm, request)
    if not form.is_bound or not form.is_valid():
        return form
    try:
        with refusals_recorded(request, str(item._meta.model_name), item.pk):
            deciders.check_neutral(user, item)
            add_note(item=item, author=user, text=form.cleaned_data["internal_note"])
    except StepRefused as error:
        form.add_error(None, str(error))
        return form
    messages.success(request, _("The internal note is saved."))
    return None


def notes_context(
    user: User, item: WorkItem, deciders: Deciders[Any], url: str, form: NoteForm | None, *, may_decide: bool
) -> dict[str, Any]:
    """For ``components/notes.html``. Who may not decide about the persons of an item writes nothing about
    them either."""
    may_write = may_decide or deciders.why_not_neutral(user, item) is None
    return {
        "notes": notes_of(item),
        "note_form": (form or NoteForm()) if may_write else None,
        "note_url": url,
    }
