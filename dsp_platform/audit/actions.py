"""Every code that the audit records, declared once with its labels by the domain that records it.

Codes are declared here if those that record them do not know each other. Reasons belong to an action: one
code may mean something else as the reason of another action. A second declaration of a code is refused when
the apps are loaded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.audit.models import AuditEvent
from dsp_platform.translations.label import Label

Labels = Mapping[str, Label]


class Effect(Enum):
    CHANGE = auto()
    ACCESS = auto()
    """Somebody saw the record, printed it or took it in a file: shown in the person's access log."""
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Action:
    code: str
    label: Label
    """Shown in the audit after the name of the actor, in the past tense."""
    my_data_label: Label = ""
    """Shown to the person concerned, for accesses and for what is done during an assisted session."""
    effect: Effect = Effect.CHANGE


ASSISTED_SESSION = "open_case"
"""An access during an assisted session is recorded with the reason of the session."""

_actions: dict[str, Action] = {}
_my_data_labels: dict[str, Label] = {}
_subjects: dict[str, Label] = {}
_reasons: dict[tuple[str, str], Label] = {}
_reason_names: dict[str, Callable[[], Labels]] = {}
_details: dict[str, Label] = {}
_domains: dict[tuple[str, object], str] = {}
_NO_LABELS: Labels = {}
_NO_REASONS: Mapping[str, Labels] = {}
_NO_NAMES: Mapping[str, Callable[[], Labels]] = {}


def register_actions(
    domain: str,
    *actions: Action,
    my_data_labels: Labels = _NO_LABELS,
    subjects: Labels = _NO_LABELS,
    reasons: Mapping[str, Labels] = _NO_REASONS,
    reason_names: Mapping[str, Callable[[], Labels]] = _NO_NAMES,
    details: Labels = _NO_LABELS,
) -> None:
    """Raises ValueError for a code that is declared already.

    ``my_data_labels`` are those of actions that are declared elsewhere. ``subjects`` are only those that are
    not a model's name. ``reasons`` are given by action, and so are ``reason_names``, for codes that are those
    of rows. ``details`` are names and values of
    ``AuditEvent.details``.
    """
    for action in actions:
        _declare(domain, "action", _actions, action.code, action)
        if action.my_data_label:
            _declare(domain, "my data label", _my_data_labels, action.code, action.my_data_label)
    for code, label in my_data_labels.items():
        _declare(domain, "my data label", _my_data_labels, code, label)
    for code, label in subjects.items():
        _declare(domain, "subject", _subjects, code, label)
    for code, label in details.items():
        _declare(domain, "detail", _details, code, label)
    for action_code, names in reason_names.items():
        _declare(domain, "names of reasons", _reason_names, action_code, names)
    for action_code, labels in reasons.items():
        for code, label in labels.items():
            _declare(domain, "reason", _reasons, (action_code, code), label)


def _declare(domain: str, table: str, known: dict[Any, Any], code: object, value: object) -> None:
    if code in known:
        raise ValueError(f"{domain} declares the {table} {code!r} of {_domains[table, code]} again")
    known[code] = value
    _domains[table, code] = domain


register_actions(
    "audit",
    Action("view", gettext_lazy("looked at it"), gettext_lazy("opened the record"), Effect.ACCESS),
    Action("list", gettext_lazy("opened a list"), effect=Effect.NONE),
    Action(
        "listed",
        gettext_lazy("listed it, or found it by a search"),
        gettext_lazy("appeared in a search list"),
        Effect.ACCESS,
    ),
    Action("search", gettext_lazy("searched"), effect=Effect.NONE),
    Action("change", gettext_lazy("changed it")),
    Action("approve", gettext_lazy("approved it")),
    Action("refuse", gettext_lazy("refused it")),
    Action("withdraw", gettext_lazy("withdrew it")),
    Action("retry", gettext_lazy("had it tried again")),
    details={
        "filters": gettext_lazy("filters used"),
        "ordered": gettext_lazy("in another order"),
        "page": gettext_lazy("page"),
        "rows": gettext_lazy("rows"),
        "searched": gettext_lazy("by a search"),
        "found": gettext_lazy("found"),
    },
)


def action_codes(effect: Effect) -> list[str]:
    return [action.code for action in _actions.values() if action.effect is effect]


def known_actions() -> Iterable[tuple[str, str]]:
    return [(action.code, str(action.label)) for action in _actions.values()]


def known_subjects() -> Iterable[tuple[str, str]]:
    """Without those that are models."""
    return [(code, str(label)) for code, label in _subjects.items()]


def subject_kinds() -> list[str]:
    """Every possible ``AuditEvent.subject_kind``."""
    return sorted({*_subjects, *(str(model._meta.model_name) for model in apps.get_models())})


def action_label(code: str) -> str:
    return str(_actions[code].label) if code in _actions else code


def my_data_labels(effect: Effect) -> dict[str, Label]:
    """By code: the label of each of these actions for the person concerned."""
    return {
        action.code: _my_data_labels.get(action.code, action.label)
        for action in _actions.values()
        if action.effect is effect
    }


def access_reason(event: AuditEvent) -> str:
    """Why the record was looked at, for the person concerned; empty where no reason was recorded."""
    of_session = known_reason(ASSISTED_SESSION, event.reason) if event.assisted_session_id else ""
    return of_session or known_reason(event.action, event.reason)


def known_reason(action: str, code: str) -> str:
    """Empty for an undeclared code."""
    return str(_reasons.get((action, code), ""))


def reasons_of(action: str) -> dict[str, Label]:
    return {code: label for (of_action, code), label in _reasons.items() if of_action == action}


# The admin's pages about one model, by the end of their name.
_pages: dict[str, Label] = {
    "changelist": gettext_lazy("the list"),
    "add": gettext_lazy("adding one"),
    "change": gettext_lazy("the page of one"),
    "delete": gettext_lazy("deleting one"),
    "history": gettext_lazy("the history of one"),
}


def reason_label(action: str, code: str) -> str:
    """An undeclared code is shown as it is, but for the page that was refused: its title."""
    if action == "refused":
        return _page(code)
    known = _reasons.get((action, code))
    if known is None and code and action in _reason_names:
        known = _reason_names[action]().get(code)
    return str(code if known is None else known)


def _page(name: str) -> str:
    """The title of a page of the admin; empty for any other, of which only its name is known here."""
    app, _sep, rest = name.removeprefix("admin:").partition("_")
    table, _sep, page = rest.partition("_")
    if app in apps.app_configs and page and table in apps.all_models[app]:
        kind = apps.get_model(app, table)._meta.verbose_name_plural
        return f"{kind}: {_pages[page]}" if page in _pages else str(kind)
    return ""


def subject_label(kind: str) -> str:
    if kind in _subjects:
        return str(_subjects[kind])
    models = (model for model in apps.get_models() if model._meta.model_name == kind)
    return next((str(model._meta.verbose_name) for model in models), kind)


def detail_label(action: str, value: Any) -> str:
    """One line for each detail: its label and its value, codes with their labels."""
    if isinstance(value, Mapping):
        return "\n".join(
            f"{_details.get(name, name)}: {detail_label(action, one)}" for name, one in value.items()
        )
    if isinstance(value, list):
        return ", ".join(detail_label(action, one) for one in value) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return str(_details[value]) if value in _details else reason_label(action, value)
    return "–" if value is None else str(value)
