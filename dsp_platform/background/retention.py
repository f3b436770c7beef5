"""How long personal data is kept, and why: one table, to which each domain adds its rules.

What is deleted is deleted each hour by the ``purge`` of its rule; what is kept says why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsp_platform.background.faults import apart
from dsp_platform.translations.label import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    code: str
    models: tuple[str, ...]
    """``app.Model`` of each. Their history is kept as long as they are."""

    what: Label
    why: Label
    """Also why it is kept, where it is."""

    after: timedelta | None = None
    """None: it is kept."""

    since: Label = ""
    """From when the time counts; how long, where it is no time."""

    purge: Callable[[], object] | None = None
    """Deletes what is too old; idempotent. Several rules may share one."""

    clock: Mapping[str, str] = field(default_factory=dict)
    """By model, the column from which the time counts. What belongs to such a row goes with it."""

    empties: Mapping[str, str] = field(default_factory=dict)
    """By model, the column that is emptied, where the row stays."""

    @property
    def how_long(self) -> str:
        if self.after == timedelta(0):
            return str(self.since)
        return ", ".join(filter(None, (self._period, str(self.since))))

    @property
    def _period(self) -> str:
        if self.after is None:
            return _("kept")
        days = self.after.days
        if not days:
            hours = self.after.seconds // 3600
            return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


_rules: dict[str, Rule] = {}
_without_personal_data: set[str] = set()


def register_rules(*rules: Rule) -> None:
    """Raises ValueError for a code or model that has a rule already, and for a period without a beginning."""
    for rule in rules:
        taken = {model for one in _rules.values() for model in one.models} & set(rule.models)
        if rule.code in _rules or taken:
            raise ValueError(f"There is a rule of retention already: {rule.code} {sorted(taken)}")
        if (rule.after is not None) != bool(rule.clock) or rule.empties.keys() - rule.clock.keys():
            raise ValueError(f"Name the column from which the time counts: {rule.code}")
        if (rule.after is None) != (rule.purge is None):
            raise ValueError(f"Name what deletes it: {rule.code}")
        _rules[rule.code] = rule


def without_personal_data(*models: str) -> None:
    """``app.Model`` of tables that say nothing about anybody."""
    _without_personal_data.update(models)


def rules() -> list[Rule]:
    return list(_rules.values())


def purge_all() -> None:
    """Each by itself: one that fails keeps no other from being deleted."""
    for purge, code in {rule.purge: rule.code for rule in rules()}.items():
        if purge is not None:
            with apart(f"retention.{code}"):
                purge()
