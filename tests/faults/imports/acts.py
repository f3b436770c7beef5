"""What the test orders: each act is done by a process of its own, in a database of its own."""

import time
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.khmer.dates import PartialDate
from registry.areas.gazetteer import GazetteerEntry
from registry.areas.services import load_areas
from registry.imports.comparing import comparing
from registry.imports.runs import services
from registry.imports.runs.progress import follow
from registry.imports.staging import staging, store
from registry.imports.writing import applying
from registry.models import ImportRun, ImportSource, Person, Programme
from registry.persons.writer import PersonWriter
from registry.registration.services import register_household
from tests.conftest import LONG_AGO, PLACES
from tests.registry.cast import household_details, person_details
from tests.registry.imports.conftest import MAPPING, TRUST

BATCH = 20
OF_MEMBERS = {name: name for name in ("member_number", "level")}
SOURCES = {"idpoor-households": "idpoor", "nssf-members": "nssf"}


def prepare() -> None:
    """Two sources in force, an operator that is sent everybody, and two families who registered."""
    load_areas(entries=[GazetteerEntry(code, km, latin) for code, _level, km, latin in PLACES])
    drafter, approver = (
        User.objects.create_staff(username=name, password="-", role="steward", date_joined=LONG_AGO)
        for name in ("steward.one", "steward.two")
    )
    operators = {
        code: Operator.objects.create(code=code, name_en=code, name_km=code) for code in SOURCES.values()
    }
    mapping = {"columns": {**MAPPING["columns"], **OF_MEMBERS}}
    with database_roles.owner():  # not put in force by two people
        programme = Programme.objects.create(
            code="equity-card", operator=operators["idpoor"], name_km="ប័ណ្ណ", name_en="Card", state="open"
        )
        for rank, (code, operator) in enumerate(SOURCES.items(), 1):
            ImportSource.objects.create(
                code=code, name_km=code, name_en=code, operator=operators[operator], mapping=mapping,
                trust=TRUST, legal_basis="Sub-decree 291", valid_from=date(2026, 1, 1), rank=rank,
                state="approved", drafted_by=drafter, approved_by=approver, programme=programme,
            )  # fmt: skip
        Agreement.objects.create(
            operator=operators["nssf"], kind="person", fields=["spid", "family_name", "given_name"],
            concerns="rule", rule="true", basis="law", purpose_en="Tests", state="approved",
            valid_from=date(2026, 1, 1),
        )  # fmt: skip
    sokha = User.objects.create_citizen(phone="+85512345678")
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=PartialDate(date(1970, 5, 6)),
        document_type="identity_card", document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    bopha = User.objects.create_citizen(phone="+85516999001")
    alone = person_details(
        family_name="កែវ", given_name="ចន្ថា", phone="016 999 001", document_type="identity_card",
        born=PartialDate(date(1991, 2, 3)), document_number="087654321",
    )  # fmt: skip
    register_household(actor=bopha, details=household_details(alone))


def upload(path: str, source: str) -> None:
    found = ImportSource.objects.get(code=source)
    drafter = User.objects.get(username="steward.one")
    pieces = store.pieces_of(Path(path))
    services.upload(source=found, file_name=Path(path).name, pieces=pieces, actor=drafter)


def approve(run: int) -> None:
    drafter, approver = User.objects.filter(role="steward").order_by("username")
    proposal = services.propose(run=ImportRun.objects.get(pk=run), actor=drafter)
    approval.approve(proposal=proposal, actor=approver, digest=proposal.digest)


def work(run: int) -> None:
    """Until it waits for a human, in small batches."""
    staging.BATCH = comparing.BATCH = applying.BATCH = BATCH
    follow(ImportRun.objects.get(pk=run))


def bring(path: str, source: str) -> None:
    """From the file to the registry on the command line, in small batches."""
    staging.BATCH = comparing.BATCH = applying.BATCH = BATCH
    call_command("import_people", path, "--source", source, "--approve-as", "steward.two", stdout=StringIO())


def tell(names: list[str]) -> None:
    """One person after the other tells another family name."""
    for given_name in names:
        with transaction.atomic(), PersonWriter() as writer:
            person = Person.objects.get(given_name=given_name)
            writer.update_person(person, family_name="ហេង")
        time.sleep(0.02)


ACTS: dict[str, Any] = {act.__name__: act for act in (prepare, upload, approve, work, bring, tell)}


def use(database: str, uploads: str) -> None:
    settings.UPLOADS_FOLDER = uploads
    connection.settings_dict["NAME"] = database
