"""A field is declared in one row of the table: whatever shows it takes label and formatting from there."""

import re
from collections import Counter

import pytest
from django.utils import translation

from applications.dossier import SHOWN
from dsp_platform.exchange.contract import registered
from registry.fields.table import FIELDS, ROWS
from registry.my_data.sections import sections

KHMER = re.compile("[\u1780-\u17ff]")
# Keys of the table that one kind of record labels more exactly.
OWN = {"application": {"state"}}
LATIN_IN_BOTH = {"spid"}


def test_a_field_is_declared_once():
    assert [key for key, count in Counter(field.key for field in ROWS).items() if count > 1] == []


@pytest.mark.django_db  # answers to a programme's questions may be among them
def test_every_key_that_is_shown_is_declared_and_nowhere_else():
    kinds = {name: kind for name, kind in registered.kinds.items() if name != "fake"}
    assert set(SHOWN) <= FIELDS.keys()
    for kind in kinds.values():
        assert set(kind.fields) == kind.labels.keys()
    own = {
        name: {key for key in kind.fields if key in FIELDS and kind.labels[key] != FIELDS[key].label}
        for name, kind in kinds.items()
    }
    assert {name: keys for name, keys in own.items() if keys} == OWN
    assert not [(one.name, key) for one in sections() for key in one.labels if key in FIELDS]
    assert not [
        (one.name, key)
        for one in sections()
        for key in one.values()
        if key in FIELDS and FIELDS[key].choices is not None
    ]


@pytest.mark.parametrize("field", ROWS, ids=lambda field: field.key)
def test_a_field_has_its_words_in_both_languages(field):
    words = [field.label, *filter(None, [field.short]), *(field.choices or {}).values()]
    for language in ("km", "en"):
        with translation.override(language):
            for one in map(str, words):
                assert one
                if field.key not in LATIN_IN_BOTH:
                    assert bool(KHMER.search(one)) == (language == "km"), one
