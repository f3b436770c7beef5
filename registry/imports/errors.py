"""Why an import is not begun, or does not go on. ``str()`` is a translated sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsp_platform.web.errors import NotApproved
from registry.identity.spid import grouped


class SourceNotInForce(NotApproved):
    def __str__(self) -> str:
        return _(
            "Nothing is imported from this source today: two stewards approve it first, for these dates."
        )


class SourceChanged(NotApproved):
    def __str__(self) -> str:
        return _(
            "The source was stopped, or changed, since this file came. Upload the file again once the source "
            "is in force."
        )


class NoReason(NotApproved):
    def __str__(self) -> str:
        return _("Write why it may go on.")


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


@dataclass(slots=True)
class Against:
    """What speaks against undoing a run: how many of what others wrote since."""

    persons: int = 0
    households: int = 0
    cases: int = 0
    """Likely doubles that a steward has looked at."""
    merges: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return asdict(self)

    def __bool__(self) -> bool:
        return any(self.counts.values())

    def __str__(self) -> str:
        return " ".join(self._words())

    def _words(self) -> Iterator[str]:
        told = {
            "persons": ngettext(
                "Others changed %(count)s person since, or wrote something about them.",
                "Others changed %(count)s persons since, or wrote something about them.",
                self.persons,
            ),
            "households": ngettext(
                "Others changed %(count)s household since, or wrote something about it.",
                "Others changed %(count)s households since, or wrote something about them.",
                self.households,
            ),
            "cases": ngettext(
                "A steward looked at %(count)s likely double.",
                "Stewards looked at %(count)s likely doubles.",
                self.cases,
            ),
            "merges": ngettext(
                "%(count)s record was merged with another one.",
                "%(count)s records were merged with others.",
                self.merges,
            ),
        }
        for name, count in self.counts.items():
            if count:
                yield told[name] % {"count": f"{count:,}"}


class CannotBeUndone(NotApproved):
    """``spids``: of some of the persons whom others changed."""

    def __init__(self, against: Against, spids: Sequence[str] = ()) -> None:
        super().__init__(against)
        self.against, self.spids = against, spids

    def __str__(self) -> str:
        words = _("It cannot be undone.") + f" {self.against}"
        return f"{words} ({', '.join(map(grouped, self.spids))})" if self.spids else words


class TooLateToUndo(NotApproved):
    def __str__(self) -> str:
        return _("An import is undone within a day. After that each record is corrected by itself.")
