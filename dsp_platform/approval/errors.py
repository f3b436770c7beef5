"""Why something is not proposed or not approved. ``str()`` is a translated sentence."""

from django.utils.translation import gettext as _


class NotApproved(Exception):
    """Nothing was changed."""


class SamePerson(NotApproved):
    def __str__(self) -> str:
        return _("Who proposed it cannot approve or refuse it. A second person decides.")


class Outdated(NotApproved):
    def __str__(self) -> str:
        return _(
            "What is proposed, or what it starts from, is no longer what your page showed. Nothing was "
            "approved. Read what stands here now."
        )


class Decided(NotApproved):
    def __str__(self) -> str:
        return _("It does not wait any more: it was decided, withdrawn or proposed anew meanwhile.")


class WaitsAlready(NotApproved):
    def __str__(self) -> str:
        return _("A change of this waits for a second person already. It is decided or withdrawn first.")


class NothingChanges(NotApproved):
    def __str__(self) -> str:
        return _("Nothing would change.")
