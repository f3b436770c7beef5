"""What each kind of long work is called, and what its result counts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORK: dict[str, str | Promise] = {
    "first_fill": _("First fill of an operator"),
    "withdraw_all": _("Withdrawal after an agreement ended"),
    "release_held": _("Release of what was held"),
    "reconcile": _("Comparison with an operator"),
    "reconsider": _("Looking again at whom an agreement concerns"),
    "expired_levels": _("Telling of poverty levels that ran out"),
}
RESULTS: dict[str, str | Promise] = {
    "compared": _("compared"),
    "missing": _("missing at the operator"),
    "surplus": _("at the operator without our knowing"),
    "unknown": _("of nobody we know"),
    "repaired": _("sent anew"),
    "problem": _("problem"),
    "comparable": _("can be compared"),
}


def work(kind: str) -> str:
    return str(WORK.get(kind, kind))
