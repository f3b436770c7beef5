"""Values of the history as people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.encryption import crypto
from dsp_platform.exchange.models import Operator
from dsp_platform.khmer.dates import PartialDate, Precision
from dsp_platform.translations.label import Label
from registry.areas.labels import area_path
from registry.fields.table import FIELDS
from registry.history.events import CONSENT, Event, Values
from registry.identity.documents import masked
from registry.models import Area, Consent, Enrolment, Household, Person, Programme
from registry.models.person_columns import DATES

PRECISIONS = dict(DATES.values())
NOT_SHOWN = {*PRECISIONS.values(), "digest"}
DAYS = {"since", "until", "poverty_level_valid_to", "closed_on"}
LABELS: Mapping[str, Label] = {
    "account": gettext_lazy("Account of one's own"),
    "merged_into": gettext_lazy("Became one with"),
    "closed_on": gettext_lazy("Closed on"),
    "household": FIELDS["household_number"].label,
    "person": gettext_lazy("Person"),
    "payee": FIELDS["payee_name"].label,
    "ended_by_death": gettext_lazy("Lived there until death"),
    "how_given": gettext_lazy("How it was given"),
}
STATES = dict(Enrolment.State.choices)
CHANNELS = dict(Consent.Channel.choices)


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one row. ``title``: which row it is; empty for the person themselves."""

    title: str
    changes: list[Change]
    is_removed: bool = False


class Names:
    """What the keys in some events stand for. One query for each kind of key."""

    def __init__(self, events: Iterable[Event]) -> None:
        keys: dict[str, set[Any]] = {}
        for event in events:
            for values in (event.values, event.before):
                for key, value in values.items():
                    keys.setdefault(key, set()).add(value)

        def found(*names: str) -> set[Any]:
            return {value for name in names for value in keys.get(name, ())} - {None, ""}

        areas = Area.objects.select_related("parent__parent__parent")
        self._areas = areas.in_bulk(found("village_code"))
        self._households = Household.objects.in_bulk(found("household"))
        self._persons = Person.objects.in_bulk(found("person", "payee", "given_by", "merged_into"))
        self._programmes = Programme.objects.in_bulk(found("programme"))
        self._operators = Operator.objects.in_bulk(found("operator"))

    def of(self, key: str, value: Any) -> str | None:
        """None where the value is no such key, or nothing has it."""
        match key:
            case "village_code":
                return area_path(self._areas[value]) if value in self._areas else None
            case "household":
                return self._households[value].number if value in self._households else None
            case "person" | "payee" | "given_by":
                return self._persons[value].name if value in self._persons else None
            case "merged_into":
                return self._persons[value].spid_grouped if value in self._persons else None
            case "programme":
                return self._programmes[value].name if value in self._programmes else None
            case "operator":
                return str(self._operators[value]) if value in self._operators else None
        return None


def label_of(key: str) -> str:
    return str(LABELS[key] if key in LABELS else FIELDS[key].label)


def value_in_words(key: str, values: Values, names: Names, *, full_phones: bool = True) -> str:
    """ "" for what is unknown. Numbers of documents are masked."""
    value = values.get(key)
    if key == "operator" and value == "":
        return _("Social Protection Registry")
    if value in (None, ""):
        return _("No") if key == "account" and key in values else ""
    if (name := names.of(key, value)) is not None:
        return name
    if key == "account":
        return _("Yes")
    if key == "state":
        return str(STATES.get(value, value))
    if key == "how_given":
        return str(CHANNELS.get(value, value))
    if key == "document_number":
        return masked(crypto.decrypt(bytes.fromhex(value.removeprefix("\\x"))))
    if key == "phone" and not full_phones:
        return masked(value)
    if key in PRECISIONS:
        return PartialDate(date.fromisoformat(value), cast(Precision, values[PRECISIONS[key]])).written
    if key in DAYS:
        return formats.date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if key == "withdrawn_at":
        return formats.date_format(timezone.localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    if key in FIELDS and (label := FIELDS[key].label_of(value)) is not None:
        return label
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def part_of(event: Event, names: Names, *, full_phones: bool = True) -> Part | None:
    """None where nothing changed that is shown."""
    kind = event.kind
    before = {} if event.label == "insert" else event.before
    now = {} if event.label == "delete" else event.values
    changes = []
    for key in kind.columns:
        if key in NOT_SHOWN or key in kind.facts:
            continue
        if key == "document_number" and before.get("digest") == now.get("digest"):
            continue  # encrypted with another key
        old = value_in_words(key, before, names, full_phones=full_phones)
        new = value_in_words(key, now, names, full_phones=full_phones)
        if old != new and (old or now.get(key) not in (None, "", False)):
            changes.append(Change(label_of(key), old, new))
    title = title_of(event, names)
    if not changes and event.label == "update":
        return None
    return Part(title, changes, is_removed=event.label == "delete")


def title_of(event: Event, names: Names) -> str:
    facts = (value_in_words(key, event.values, names) for key in event.kind.facts if key != "since")
    title = ", ".join(filter(None, facts))
    if event.kind is not CONSENT:
        return title
    words = _("Consent given: %(what)s") if event.label == "insert" else _("Consent: %(what)s")
    return words % {"what": title}
