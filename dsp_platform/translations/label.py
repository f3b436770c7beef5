"""What is shown in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Label = str | Promise
"""Words in the language of who reads them: translated already, or when they are shown."""


def labelled(label: Label, words: Label) -> str:
    """On one line. Khmer has a colon of its own."""
    return _("%(label)s: %(words)s") % {"label": label, "words": words}
