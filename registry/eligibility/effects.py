"""How many persons gain and lose by a new rule, in one sentence for its approver."""

from django.utils.translation import gettext as _

from dsp_platform.web.small_counts import few
from registry.eligibility.preview import preview_rule
from registry.rules.parse import RuleError

LONGEST = "3s"


def who_gains(before: str, after: str) -> str:
    """Counts only persons of whom enough is known to judge them."""
    try:
        preview = preview_rule(after, before, LONGEST)
    except RuleError:
        return _("The rule cannot be judged.")
    if preview.counts is None:
        return _("How many gain or lose by it cannot be counted: it takes too long.")
    if not preview.compared:
        likely = few(preview.counts.likely)
        return _("%(number)s of those who are registered meet it surely.") % {"number": likely}
    return _("Of those who are registered %(gained)s gain and %(lost)s lose by it.") % {
        "gained": few(preview.counts.gained),
        "lost": few(preview.counts.lost),
    }
