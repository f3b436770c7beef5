"""The terms of an agreement in words: nothing of how a mapping is stored."""

import pytest
from django.utils import translation

from dsp_platform.exchange.agreements.labels import mapping_lines


@pytest.mark.parametrize(("language", "words"), [("en", "SPID: number"), ("km", "SPID៖ number")])
def test_the_key_of_a_record_is_a_field_and_its_column(language, words):
    mapping = {"key": {"field": "spid", "column": "number"}}
    with translation.override(language):
        assert [line for _label, line in mapping_lines("person", mapping) if line] == [words]
