"""What happened to an item, as ``components/timeline.html`` shows it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dsp_platform.templatetags.site_tags import runs


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    at: datetime
    text: str
    by: str = ""
    """Who took the step, as HTML that marks the language of the name; empty where nobody is named."""


def naming(sentence: str, name: object) -> SafeString:
    """``sentence`` with its ``%(official)s``."""
    return format_html(sentence % {"official": "{}"}, runs(name))
