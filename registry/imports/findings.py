"""What is found in a row: why it is refused, or what was read otherwise than it stands there."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label


class Severity(StrEnum):
    REFUSED = "refused"
    """The row does not come in."""
    NOTE = "note"
    """It comes in; something of it was read or left out in a way that whoever approves the import sees."""


FINDINGS: dict[str, tuple[Severity, Label]] = {
    "name_missing": (Severity.REFUSED, _("There is no name.")),
}
"""By code: its severity, and words that may name ``params``."""


class Finding(NamedTuple):
    """Stored with a row; grouped by ``code`` and ``column``."""

    code: str
    column: str = ""
    """As the file calls it; empty where it is about the whole row."""
    params: Mapping[str, Any] = {}

    @property
    def is_refusal(self) -> bool:
        return FINDINGS[self.code][0] is Severity.REFUSED

    @property
    def words(self) -> str:
        """In the language of the reader."""
        return str(FINDINGS[self.code][1]) % self.params
