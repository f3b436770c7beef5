"""Why an import is not begun, or does not go on. ``str()`` is a translated sentence."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsp_platform.web.errors import NotApproved
from registry.identity.spid import grouped


class SourceNotInForce(NotApproved):
    def __str__(self) -> str:
        return _(
            "Nothing is imported from this source today: two stewards approve it first, for these dates."
        )


class NoTable(NotApproved):
    def __str__(self) -> str:
        return _("The source names no table of the operator's database. Choose a file.")


class FileRefused(NotApproved):
    """``code``: infected, scanner_down, too_large, empty, no_room."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return {
            "infected": _("A virus was found in the file. It was not kept."),
            "scanner_down": _("The file cannot be checked for viruses now. Try again later."),
            "too_large": _("The file is too large. Send it in several parts."),
            "empty": _("The file is empty."),
            "no_room": _("There is no room for the file now. Try again later."),
        }[self.code]


class NotNow(NotApproved):
    def __str__(self) -> str:
        return _("The import is at another step by now. Read what stands here.")


class ReasonMissing(NotApproved):
    def __str__(self) -> str:
        return _("Say why it may go on: whoever approves the import reads it.")


class CannotBeUndone(NotApproved):
    """Persons whom somebody else changed since, by their SPIDs."""

    def __init__(self, count: int, spids: Sequence[str]) -> None:
        super().__init__(count)
        self.count, self.spids = count, spids

    def __str__(self) -> str:
        words = ngettext(
            "It cannot be undone: %(count)s person was changed since, by others: %(spids)s.",
            "It cannot be undone: %(count)s persons were changed since, by others: %(spids)s.",
            self.count,
        )
        more = " …" if self.count > len(self.spids) else ""
        return words % {"count": self.count, "spids": ", ".join(map(grouped, self.spids)) + more}


class TooLateToUndo(NotApproved):
    def __str__(self) -> str:
        return _("An import is undone within a day. After that each record is corrected by itself.")
