"""Why something that came from a device needs the official, in words; and what was typed."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dsp_platform.offline.models import OfflineItem
from dsp_platform.translations.label import Label

REASONS: dict[str, Label] = {
    "case_ended": _("The case had ended before this came, and what was written could not be added any more."),
    "written_since": _("You have sent this page again since then. What you wrote first changes nothing."),
    "refused": _("It cannot be done any more: what it is about was closed, or is outside your area now."),
    "not_permitted": _("It was written on a device that is not ready any more, or too long ago."),
    "not_saved": _(
        "Nothing of it was saved: something has to be answered first, or was changed or sent meanwhile."
    ),
}
_HIDDEN = {
    "asked_with",
    "kept_for",
    "shown",
    "return",
    "window",
    "permit",
    "read_out",
    "acting_text",
    "unfinished",
    "version",
    "chosen",
}
_ENDINGS = ("-row", "-base")


def register_reasons(reasons: dict[str, Label]) -> None:
    REASONS.update(reasons)


def reason_in_words(item: OfflineItem) -> str:
    return str(REASONS.get(item.why, ""))


def typed_in_words(item: OfflineItem) -> str:
    """One line for each answer, so that it can be read and typed again."""
    fields = QueryDict(item.typed or "")
    answers = [(name, ", ".join(filter(None, values))) for name, values in fields.lists()]
    shown = (one for one in answers if one[1] and one[0] not in _HIDDEN and not one[0].endswith(_ENDINGS))
    return "\n".join(words for _name, words in shown)
