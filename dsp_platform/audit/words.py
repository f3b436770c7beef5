"""What the codes of the audit are called. Each room says it of the codes that it writes, beside them.

Codes that several rooms write stand here, so that they are called the same everywhere.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = Mapping[str, str | Promise]

_actions: dict[str, str | Promise] = {
    "view": gettext_lazy("looked at it"),
    "list": gettext_lazy("opened a list"),
    "listed": gettext_lazy("listed it, or found it by a search"),
    "search": gettext_lazy("searched"),
    "change": gettext_lazy("changed it"),
    "approve": gettext_lazy("approved it"),
    "refuse": gettext_lazy("refused it"),
    "withdraw": gettext_lazy("withdrew it"),
    "reopen": gettext_lazy("opened it again"),
    "take_up": gettext_lazy("took it up"),
    "uphold": gettext_lazy("let the decision stand"),
    "retry": gettext_lazy("had it tried again"),
}
_subjects: dict[str, str | Promise] = {}
_reasons: dict[str, str | Promise] = {}
_details: dict[str, str | Promise] = {
    "filters": gettext_lazy("filters used"),
    "ordered": gettext_lazy("in another order"),
    "page": gettext_lazy("page"),
    "rows": gettext_lazy("rows"),
    "searched": gettext_lazy("by a search"),
    "found": gettext_lazy("found"),
}
_NONE: Words = {}


def register_words(
    *, actions: Words = _NONE, subjects: Words = _NONE, reasons: Words = _NONE, details: Words = _NONE
) -> None:
    """Raises ValueError for a code that has words already: it would mean two things.

    ``subjects`` are only those that are called otherwise than a table. A reason that means something else for
    one action is given as ``action:reason``. ``details`` are both names and values of what is kept beside.
    """
    given = ((_actions, actions), (_subjects, subjects), (_reasons, reasons), (_details, details))
    for known, new in given:
        if twice := known.keys() & new.keys():
            raise ValueError(f"These have words already: {sorted(twice)}")
        known.update(new)


def known_actions() -> Iterable[tuple[str, str]]:
    return [(code, str(words)) for code, words in _actions.items()]


def known_subjects() -> Iterable[tuple[str, str]]:
    """As far as they are no tables."""
    return [(code, str(words)) for code, words in _subjects.items()]


def every_kind() -> list[str]:
    """All that a row of the audit can be about."""
    return sorted({*_subjects, *(str(model._meta.model_name) for model in apps.get_models())})


def action(code: str) -> str:
    return str(_actions.get(code, code))


# What the admin calls its pages about one table.
_pages: dict[str, str | Promise] = {
    "changelist": gettext_lazy("the list"),
    "add": gettext_lazy("adding one"),
    "change": gettext_lazy("the page of one"),
    "delete": gettext_lazy("deleting one"),
    "history": gettext_lazy("the history of one"),
}


def reason(code: str, act: str) -> str:
    """Some are no codes of ours: an operator's, or the name of a page that was refused."""
    known = _reasons.get(f"{act}:{code}", _reasons.get(code))
    if known is None and act == "refused":
        return _page(code)
    return str(code if known is None else known)


def _page(name: str) -> str:
    """Of the admin's own pages in words; the name stands behind, for it is what the doors are known by."""
    app, _sep, rest = name.removeprefix("admin:").partition("_")
    table, _sep, page = rest.partition("_")
    if app in apps.app_configs and page and table in apps.all_models[app]:
        kind = apps.get_model(app, table)._meta.verbose_name_plural
        return f"{kind}: {_pages[page]}" if page in _pages else f"{kind} ({page})"
    return _("A page of its own (%(name)s)") % {"name": name} if name else ""


def subject(kind: str) -> str:
    if kind in _subjects:
        return str(_subjects[kind])
    models = (model for model in apps.get_models() if model._meta.model_name == kind)
    return next((str(model._meta.verbose_name) for model in models), kind)


def detail(value: Any, act: str) -> str:
    """One line for each: what it is, and its value, with words for the codes that have some."""
    if isinstance(value, Mapping):
        return "\n".join(f"{_details.get(name, name)}: {detail(one, act)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(detail(one, act) for one in value) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return str(_details[value]) if value in _details else reason(value, act)
    return "–" if value is None else str(value)
