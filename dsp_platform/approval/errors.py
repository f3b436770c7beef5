"""Why something is not proposed or not approved. ``str()`` is a translated sentence."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.web.errors import NotApproved


class SamePerson(NotApproved):
    def __str__(self) -> str:
        return _("Who proposed it cannot approve or refuse it. A second person decides.")


class ProposalOutdated(NotApproved):
    def __str__(self) -> str:
        return _(
            "What is proposed, or what it starts from, is no longer what your page showed. Nothing was "
            "approved. Read what stands here now."
        )


class Decided(NotApproved):
    def __str__(self) -> str:
        return _("It does not wait any more: it was decided, withdrawn or proposed anew meanwhile.")


class AlreadyPending(NotApproved):
    def __str__(self) -> str:
        return _("A change of this waits for a second person already. It is decided or withdrawn first.")


class DependentProposal(NotApproved):
    """Another proposal depends on what would change: approved for ``day``, or undecided where it is None."""

    def __init__(self, name: str, day: date | None) -> None:
        super().__init__(name)
        self.name = name
        self.day = day

    def __str__(self) -> str:
        if self.day is None:
            return _(
                "“%(name)s” waits for a second person and rests on this. It is decided or withdrawn first."
            ) % {"name": self.name}
        return _(
            "“%(name)s” is approved and waits for %(day)s. It rests on this and could no longer be carried "
            "out. Whoever proposed or approved it withdraws it first."
        ) % {"name": self.name, "day": date_format(self.day, "SHORT_DATE_FORMAT")}


class NobodyCanApprove(NotApproved):
    def __str__(self) -> str:
        return _(
            "Nobody could approve it: every other active steward wrote a part of it, or it is about them, or "
            "there is none. It takes another steward, or a text that one person alone has written."
        )


class ChangedSinceRead(NotApproved):
    def __str__(self) -> str:
        return _("It has changed since your page showed it. Nothing was proposed. Read what stands here now.")


class TooOld(NotApproved):
    def __str__(self) -> str:
        return _("It waited too long to be approved. It has to be proposed anew.")


class NothingChanges(NotApproved):
    def __str__(self) -> str:
        return _("Nothing would change.")
