"""Follows ``docs/guides/add-an-operator.md`` literally."""

import os
import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from dsp_platform.exchange.agreements.services import end_agreement
from dsp_platform.exchange.models import Operator, StatusReport
from dsp_platform.exchange.reports.services import handle_waiting, pull
from registry.consents.services import give_consent, withdraw_consent
from registry.models import Enrolment, Programme
from registry.persons.reported import set_poverty_level
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.exchange.conftest import OperatorDatabase
from tests.registry.cast import household_details, person_details
from tests.roles import as_owner
from tests.stack import empty_operator_databases

GUIDE = (settings.BASE_DIR / "docs" / "guides" / "add-an-operator.md").read_text()
URL = "OPERATOR_MLVT_DATABASE_URL"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def run(block: str) -> None:
    for line in block.splitlines():
        python, manage, *command = shlex.split(line)
        assert (python, manage) == ("python", "manage.py")
        call_command(*command)


@built_once
def household(areas, sokha):
    """Registered before the eighth operator was added."""
    details = household_details(person_details(phone="+85512345678"))
    household = register_household(actor=sokha, details=details)
    set_poverty_level(household=household, level="at_risk", valid_to=None)
    household.refresh_from_db()
    return household


@pytest.fixture
def mlvt(db, operator_databases, tmp_path: Path, monkeypatch) -> OperatorDatabase:
    """The files of the guide in a folder, and the address in the environment."""
    (described,), (schema, *_others) = blocks("json"), blocks("sql")
    (tmp_path / "mlvt.json").write_text(described)
    (tmp_path / "mlvt.sql").write_text(schema)
    monkeypatch.chdir(tmp_path)
    known = os.environ["OPERATOR_IDPOOR_DATABASE_URL"]
    monkeypatch.setenv(URL, known.replace("operator_idpoor", "operator_mlvt"))
    load, _fill = blocks("sh")
    run(load)
    empty_operator_databases("mlvt")
    return OperatorDatabase("mlvt")


def test_an_eighth_operator_is_data(household, mlvt, sokha, capsys):
    person = household.memberships.get().person
    with as_owner():
        Programme.objects.create(code="tvet-stipend", operator_id="mlvt", name_en="Stipend", state="open")
    _schema, select, decide = blocks("sql")
    _load, fill = blocks("sh")

    run(fill)
    assert mlvt(select) == []  # not approved yet

    consent = {"purpose": "p", "text": "t", "language": "km", "actor": sokha, "assisted_session": None}
    give_consent(household=household, given_by=person, operator_code="mlvt", **consent)
    run(fill)
    name = "សុខ ស៊ុខា"
    assert mlvt(select) == [(person.spid, name, "F", 1984, "+85512345678", "010201", "open")]

    mlvt(decide.replace("<SPID>", person.spid))
    pull("mlvt")
    handle_waiting()
    assert StatusReport.objects.get().state == "handled"
    assert Enrolment.objects.get().programme.code == "tvet-stipend"

    withdraw_consent(household=household, operator_code="mlvt", actor=sokha, assisted_session=None)
    run(fill)
    assert mlvt(select) == [(person.spid, "", None, None, None, None, "closed")]
    assert Operator.objects.get(pk="mlvt").last_error == ""


def test_a_loaded_draft_waits_for_a_steward(mlvt):
    call_command("load_operators", "mlvt.json", verbosity=0)
    operator = Operator.objects.get(pk="mlvt")
    assert operator.agreements.get().state == "approved"  # loaded again, nothing changed
    changed = Path("mlvt.json").read_text().replace('"phone", ', "").replace('"phone": "telephone",', "")
    Path("mlvt.json").write_text(changed)
    call_command("load_operators", "mlvt.json", draft=True, verbosity=0)
    assert dict(operator.agreements.values_list("number", "state")) == {1: "approved", 2: "draft"}


def test_what_a_steward_ended_is_not_loaded_again(mlvt):
    agreement = Operator.objects.get(pk="mlvt").agreements.get()
    with as_owner():
        end_agreement(agreement=agreement, actor=None)
    call_command("load_operators", "mlvt.json", verbosity=0)
    assert [one.state for one in Operator.objects.get(pk="mlvt").agreements.all()] == ["ended"]
