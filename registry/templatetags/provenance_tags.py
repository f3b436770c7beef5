"""From where the values of a record come, and which source says something else."""

from typing import Any

from django import template

from registry.models import Person
from registry.provenance.labels import column_label, in_words, source_in_words
from registry.provenance.selectors import conflicts_of, origins_of

register = template.Library()


@register.inclusion_tag("registry/provenance/origins.html")
def origins(person: Person) -> dict[str, Any]:
    against: dict[str, list[tuple[str, str]]] = {}
    for conflict in conflicts_of(person):
        words = in_words(conflict.field, conflict.in_source)
        against.setdefault(conflict.field, []).append((source_in_words(conflict.source), words))
    rows = [
        {
            "label": column_label(one.column),
            "value": in_words(one.column, one.value),
            "source": source_in_words(one.source),
            "against": against.pop(one.column, []),
        }
        for one in origins_of(person)
    ]
    rows += [
        {"label": column_label(column), "value": "–", "source": source_in_words(""), "against": others}
        for column, others in against.items()
    ]
    return {"rows": rows}
