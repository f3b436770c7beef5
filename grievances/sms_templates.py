"""Text messages to people who reported something. They hold only the reference, because phones are shared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.translations.label import Label


def received(params: Mapping[str, Any]) -> str:
    return _("We received your report. Reference: %(reference)s") % params


def changed(params: Mapping[str, Any]) -> str:
    return _("There is news about your report. Reference: %(reference)s") % params


def asked(params: Mapping[str, Any]) -> str:
    return _("There is a question about your report. Answer it with its reference: %(reference)s") % params


def added(params: Mapping[str, Any]) -> str:
    return _("An official added something to your report. Reference: %(reference)s") % params


def appeal_received(params: Mapping[str, Any]) -> str:
    return _("We received your appeal. Reference: %(reference)s") % params


def appeal_answered(params: Mapping[str, Any]) -> str:
    return _("Your appeal was answered. Reference: %(reference)s") % params


TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "grievance_received": received,
    "grievance_changed": changed,
    "grievance_asked": asked,
    "grievance_added": added,
    "appeal_received": appeal_received,
    "appeal_answered": appeal_answered,
}

# The title of each in the list of one's own messages.
TITLES: dict[str, Label] = {
    "grievance_received": gettext_lazy("We received your report"),
    "grievance_changed": gettext_lazy("News about your report"),
    "grievance_asked": gettext_lazy("A question about your report"),
    "grievance_added": gettext_lazy("An official added something to your report"),
    "appeal_received": gettext_lazy("We received your appeal"),
    "appeal_answered": gettext_lazy("Your appeal was answered"),
}
