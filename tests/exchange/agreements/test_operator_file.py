"""A mistake in the file of an operator is named by file and field."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dsp_platform.exchange.agreements.operator_file import read
from dsp_platform.exchange.management.commands.load_operators import REFERENCE

KNOWN = json.loads((REFERENCE / "idpoor.json").read_text())


def without(part: str) -> dict[str, Any]:
    return {name: value for name, value in KNOWN.items() if name != part}


def with_agreement(**changed: Any) -> dict[str, Any]:
    first, *others = KNOWN["agreements"]
    return {**KNOWN, "agreements": [{**first, **changed}, *others]}


@pytest.mark.parametrize("path", sorted(REFERENCE.glob("*.json")), ids=lambda path: path.stem)
def test_every_reference_operator_is_read(path):
    assert read(path.read_text()).code == path.stem


@pytest.mark.parametrize(
    ("described", "said"),
    [
        (without("name"), "“name” is missing."),
        (KNOWN | {"system": {"km": "ក"}}, "“system.en” is missing."),
        (KNOWN | {"quiet_form": "20:00"}, "There is no field “quiet_form”."),
        (KNOWN | {"quiet_from": "late"}, "“quiet_from” cannot be read: "),
        (KNOWN | {"rate_per_minute": -1}, "“rate_per_minute” cannot be read: "),
        (KNOWN | {"code": "no such code"}, "“code” cannot be read: "),
        (with_agreement(valid_from="soon"), "“agreements.1.valid_from” cannot be read: "),
        (with_agreement(concerns="everybody"), "“agreements.1.concerns” cannot be read: "),
        (with_agreement(fields="spid"), "“agreements.1.fields” cannot be read: "),
        ([KNOWN], "Input should be an object"),
    ],
)
def test_a_mistake_names_the_field(described, said):
    with pytest.raises(ValueError, match=said):
        read(json.dumps(described, ensure_ascii=False))


def test_every_mistake_is_said_with_the_name_of_the_file(db, tmp_path):
    file = tmp_path / "mlvt.json"
    file.write_text(json.dumps(without("name") | {"agreements": None}))
    with pytest.raises(CommandError) as caught:
        call_command("load_operators", file, draft=True)
    assert str(caught.value).startswith("mlvt.json cannot be read: ")
    assert "“name” is missing." in str(caught.value)
    assert "“agreements” cannot be read: " in str(caught.value)


@pytest.mark.parametrize("written", ["", "{", "\ufeff{}"])
def test_what_is_no_json_is_said(written):
    with pytest.raises(ValueError, match=r"(?i)json"):
        read(written)
