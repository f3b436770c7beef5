"""Our message validated against the definition of the Social Registry API, if its file is available.

It is not part of the project; ``rules`` states the same and is checked in every test.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.adapters.camdx.conftest import gone, person, push

DEFINITION = Path(__file__).resolve().parents[5] / "shared" / "standards" / "dci" / "social_api_v1.0.0.yaml"
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}

yaml = pytest.importorskip("yaml")


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    if not DEFINITION.exists():
        pytest.skip("the definition of the standard is not here to compare with")
    return yaml.safe_load(DEFINITION.read_text())


def problems(
    definition: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "message"
) -> list[str]:
    """The part of OpenAPI that the definition of ``notify`` uses."""
    if "$ref" in schema:
        found: Any = definition
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return problems(definition, found, value, at)
    found = [problem for part in schema.get("allOf", []) for problem in problems(definition, part, value, at)]
    if "oneOf" in schema and not any(not problems(definition, part, value, at) for part in schema["oneOf"]):
        found.append(f"{at}: none of the choices")
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
        return [*found, f"{at}: no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: not in the list")
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        found.append(f"{at}: too long")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{at}: another form")
    if isinstance(value, list):
        found += [p for item in value for p in problems(definition, schema.get("items", {}), item, at)]
    if isinstance(value, dict):
        found += [f"{at}: no {name}" for name in schema.get("required", []) if name not in value]
        for name, part in schema.get("properties", {}).items():
            if name in value:
                found += problems(definition, part, value[name], f"{at}.{name}")
    return found


def envelope_of(definition: dict[str, Any]) -> dict[str, Any]:
    notify = definition["paths"]["/registry/notify"]["post"]["requestBody"]
    return notify["content"]["application/json"]["schema"]


def test_a_message_is_what_the_standard_defines(definition, security_server, family_fund):
    push(family_fund, person(1, revision=7), gone(2, revision=8))
    (request,) = security_server.requests
    assert problems(definition, envelope_of(definition), request["body"]) == []


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda body: body["header"].update(total_count="1"), "message.header.total_count: no integer"),
        (lambda body: body["header"].update(action="search"), "message.header.action: not in the list"),
        (lambda body: body["header"].pop("status"), "message.header: no status"),
        (
            lambda body: body["message"]["notify_event"][0]["data"].update(reg_records=[]),
            "message.message: none of the choices",
        ),
    ],
)
def test_the_comparison_sees_a_mistake(definition, security_server, family_fund, spoil, problem):
    push(family_fund, person(1, revision=7))
    body = security_server.requests[0]["body"]
    spoil(body)
    assert problem in problems(definition, envelope_of(definition), body)
