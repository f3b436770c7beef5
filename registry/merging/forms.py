from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.approval.models import Proposal
from dsp_platform.casework.forms import LinesField
from registry.identity.spid import grouped
from registry.merging.contract import Came, Side
from registry.models import Merge


class UndoForm(forms.Form):
    """One field for each thing that came since, by its key."""

    reason = LinesField(
        label=_("Why they are two persons"),
        help_text=_("Who came, which documents were shown, what the commune says. Without names."),
        max_length=Proposal._meta.get_field("reason").max_length,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write why: it is kept, and whoever approves it reads it.")},
    )

    def __init__(self, *args: Any, merge: Merge, came: Sequence[Came], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [one.key for one in came]
        sides = ((Side.KEPT, grouped(merge.kept.spid)), (Side.MERGED, grouped(merge.merged.spid)))
        for one in came:
            self.fields[one.key] = forms.ChoiceField(
                label=f"{one.kind}: {one.words}",
                choices=sides,
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whose it is.")},
            )

    @property
    def assigned(self) -> dict[str, Side]:
        return {key: Side(self.cleaned_data[key]) for key in self.keys}
