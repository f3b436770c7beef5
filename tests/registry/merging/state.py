"""What stands in every table that names a person or a household, so that two states can be compared."""

from collections import Counter
from typing import Any

import pghistory
from django.apps import apps
from django.db import models

from registry.models import AwaitingMatch, Consent, DuplicateCase, Household, Membership, Merge, Person

# Written by what is decided about a pair, which stays decided.
OF_PAIRS = (Merge, DuplicateCase, AwaitingMatch)
# Random, grows with each writing, or says which office somebody went to.
ALWAYS_NEW = {
    "reference", "version", "pin_digest", "submission", "text", "nonce", "match_keys", "phone_confirmed_at",
    "submitted_by", "reported_by", "witness", "channel",
}  # fmt: skip


def tables() -> list[type[models.Model]]:
    """All models with a foreign key to a person or household, wherever they are."""
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy
        and not issubclass(model, pghistory.models.Event)
        and model not in OF_PAIRS
        and (
            model in (Person, Household)
            or any(one.related_model in (Person, Household) for one in model._meta.concrete_fields)
        )
    ]


def state() -> dict[str, Counter[tuple[Any, ...]]]:
    """By table, its rows without their keys, and of moments only whether they came."""
    found = {}
    for model in tables():
        rows = model._default_manager.all()
        if model is Consent:  # one that is given again is another row
            rows = rows.filter(withdrawn_at=None)
        fields = [one for one in model._meta.concrete_fields if one.name not in ALWAYS_NEW]
        if model not in (Person, Household, Membership):
            fields = [one for one in fields if not one.primary_key]
        found[model._meta.label] = Counter(
            tuple((one.name, _plain(one, getattr(row, one.attname))) for one in fields) for row in rows
        )
    return found


def _plain(field: Any, value: Any) -> Any:
    if isinstance(field, models.DateTimeField):
        return value is not None
    return bytes(value) if isinstance(value, memoryview) else repr(value)


def differences(one: Any, other: Any) -> list[str]:
    return [
        f"{table} {sign} {row}"
        for table in one
        for sign, rows in (("-", one[table] - other[table]), ("+", other[table] - one[table]))
        for row in rows
    ]
