"""Why something that came from a device needs the official, in words; and what was typed."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dsp_platform.offline.models import OfflineItem
from dsp_platform.translations.label import Label

REASONS: dict[str, Label] = {
    "case_ended": _(
        "The case had ended before this came, and its answers could not be added to the registration."
    ),
    "not_saved": _("An answer before it was changed, sent or deleted in another window."),
}
_HIDDEN = {"asked_with", "kept_for", "shown", "return"}


def reason_in_words(item: OfflineItem) -> str:
    return str(REASONS.get(item.why, ""))


def typed_in_words(item: OfflineItem) -> str:
    """One line for each answer, so that it can be read and typed again."""
    fields = QueryDict(item.typed or "")
    answers = [(name, ", ".join(filter(None, values))) for name, values in fields.lists()]
    return "\n".join(words for name, words in answers if words and name not in _HIDDEN)
