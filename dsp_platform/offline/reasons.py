"""Why something that came from a device needs the official, in words."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.offline.models import OfflineItem
from dsp_platform.translations.label import Label

REASONS: dict[str, Label] = {
    "case_ended": _("The case had ended before this came, and what was written could not be added any more."),
    "written_since": _("You have sent this page again since then. What you wrote first changes nothing."),
    "refused": _("It cannot be done any more: what it is about was closed, or is outside your area now."),
    "gone": _("Its page is not there any more since the platform was updated. Do it again at the counter."),
    "failed": _("The platform failed at it, and whoever looks after it is told. Do it again at the counter."),
    "not_permitted": _("It was written on a device that is not ready any more, or too long ago."),
    "not_saved": _(
        "Nothing of it was saved: something has to be answered first, or was changed or sent meanwhile."
    ),
}


def register_reasons(reasons: dict[str, Label]) -> None:
    REASONS.update(reasons)


def reason_in_words(item: OfflineItem) -> str:
    return str(REASONS.get(item.why, ""))
