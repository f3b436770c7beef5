"""The named cast and the places they live, shared by all tests."""

import gc
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client, override_settings
from django.test import client as test_client
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from dsp_platform.accounts.models import Role, User, UserManager
from dsp_platform.accounts.staff import approvals
from dsp_platform.approval import services as approval
from dsp_platform.exchange.models import Operator
from registry.areas.gazetteer import GazetteerEntry
from registry.areas.services import load_areas
from registry.models import Area
from tests import roles
from tests.acting import shown_now
from tests.built_once import Snapshots, built_once
from tests.services import database_with_tables

# A slow machine says nothing about the properties under test.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")

TESTS = Path(__file__).parent
PLACES = [
    ("01", "province", "បន្ទាយមានជ័យ", "Banteay Meanchey"),
    ("0102", "district", "មង្គលបូរី", "Mongkol Borey"),
    ("010201", "commune", "បន្ទាយនាង", "Banteay Neang"),
    ("01020101", "village", "អូរធំ", "Ou Thum"),
    ("01020102", "village", "ភ្នំ", "Phnum"),
    ("010202", "commune", "បត់ត្រង់", "Bat Trang"),
    ("01020201", "village", "ខ្ទុម្ពរាយ លិច", "Khtum Reay Lech"),
    ("02", "province", "បាត់ដំបង", "Battambang"),
    ("0201", "district", "បាណន់", "Banan"),
    ("020101", "commune", "កន្ទឺ ១", "Kantueu Muoy"),
    ("02010101", "village", "ពោធិ៍វៀល", "Pou Viel"),
]
OPERATORS = [
    ("idpoor", "ក្រសួងផែនការ", "Ministry of Planning"),
    ("pmrs", "ទីភ្នាក់ងារជាតិបញ្ជាក់ចំណាយ", "National Payment Certification Agency"),
    ("nssf", "បេឡាជាតិសន្តិសុខសង្គម", "National Social Security Fund"),
    ("family_package", "ក្រសួងសង្គមកិច្ច", "Ministry of Social Affairs"),
    ("disability", "ក្រសួងសង្គមកិច្ច", "Ministry of Social Affairs"),
    ("scholarship", "ក្រសួងអប់រំ", "Ministry of Education"),
    ("nsaf", "មូលនិធិជាតិជំនួយសង្គម", "National Social Assistance Fund"),
]
PASSWORD = "only-for-tests-9182"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
# Whole files go to the workers of pytest-xdist in this order, so that long ones start early.
LONG_FIRST = (
    "structure/test_malformed_forms", "browser/test_appearance", "faults/storm/", "devserver/", "browser/",
    "benchmarks/", "structure/test_admin_crawl", "structure/test_posts", "structure/test_states",
    "structure/test_malformed_input", "structure/test_one_language", "structure/test_access",
    "structure/test_acting", "structure/test_forms_are_saved", "exchange/", "structure/",
    "casework/test_assignment", "registry/changes/test_limits", "registry/changes/test_pages",
    "registry/my_data/", "registry/life_events/test_walks", "registry/registration/", "uploads/",
)  # fmt: skip
# These wait most of the time, for a process to start or a line to be hung up: beside each goes what computes.
WAITING = ("faults/test_", "webserver/", "exchange/delivery/test_killed", "exchange/delivery/test_running")
COMPUTING_PER_WAITING = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(path: str) -> int:
        starts = (number for number, start in enumerate(LONG_FIRST) if path.startswith(f"tests/{start}"))
        return next(starts, len(LONG_FIRST))

    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    waiting = [path for path in files if path.startswith(tuple(f"tests/{start}" for start in WAITING))]
    order = sorted((path for path in files if path not in waiting), key=place)
    for number, path in enumerate(waiting, 1):
        order.insert(number * (COMPUTING_PER_WAITING + 1), path)
    items[:] = [item for path in order for item in files[path]]


def pytest_collection() -> None:
    """All workers of pytest-xdist collect all modules at the same time. Each imports its share of them first,
    so that the others find those compiled.
    """
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number, count = int(worker.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        for path in sorted(TESTS.rglob("test_*.py"))[number::count]:
            # What cannot be imported is reported when it is collected.
            with suppress(Exception, pytest.skip.Exception):
                import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Modules and collected tests stay to the end: the garbage collector need not look at them each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The databases of workers of pytest-xdist are copies of one with tables, made while they collect.

    All of them are created, emptied and dropped by the owner; what tests do is done as the runtime role.
    """
    connection.settings_dict.update(roles.owner_signs_in())
    if "PYTEST_XDIST_WORKER" in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = database_with_tables()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        roles.grant()
        roles.work_as_the_runtime_role()
    yield
    with django_db_blocker.unblock():
        roles.work_as_the_owner()


@pytest.fixture(scope="session")
def snapshots() -> Snapshots:
    return Snapshots()


@pytest.fixture(scope="module")
def built_before(
    request: pytest.FixtureRequest, snapshots: Snapshots, django_db_setup: None, django_db_blocker: Any
) -> Snapshots:
    """Before the first test of a module, and before its other fixtures change settings or the clock."""
    with django_db_blocker.unblock():
        snapshots.build(request.module.__name__)
    return snapshots


@pytest.fixture(scope="session", autouse=True)
def nothing_is_collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each test's client looks through the folder of collected files, of which a demonstration leaves 600."""
    with override_settings(STATIC_ROOT=str(tmp_path_factory.mktemp("collected"))):
        yield


@pytest.fixture(scope="session", autouse=True)
def contexts_are_kept_once() -> Iterator[None]:
    """An answer keeps the context of its page. Django would copy it again for each include, and those of all
    widgets: a hundred copies for a form of the admin.
    """
    keep = test_client.store_rendered_templates

    def kept(store: dict[str, Any], *, template: Template, context: Context, **how: Any) -> None:
        if store.get("first") is context or str(template.name).startswith("django/forms/"):
            return
        store.setdefault("first", context)
        keep(store, template=template, context=context, **how)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(test_client, "store_rendered_templates", kept)
        yield


@pytest.fixture(autouse=True)
def loopback_only():
    """Only this machine is reachable: the embedded services, operators' databases, live servers."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def khmer_first(settings):
    """A page requested in English leaves English active in its thread; reset it for the next test."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def forms_say_for_whom(monkeypatch):
    """Adds the acting-for field that a browser sends with every form of a page it was just shown.

    Not for a client that checks CSRF tokens: that one sends what is really written in the form.
    """
    post = Client.post

    def posted(self: Client, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not self.handler.enforce_csrf_checks and (data is None or isinstance(data, dict)):
            data = {**shown_now(self), **(data or {})}
        return post(self, path, data, *args, **kwargs)

    monkeypatch.setattr(Client, "post", posted)


@pytest.fixture(autouse=True)
def staff_of_long_standing(monkeypatch):
    """An official is accepted as the second one only after 30 days, so the cast joined long ago."""
    create = UserManager.create_staff

    def created(self: UserManager, **fields: Any) -> User:
        return create(self, **{"date_joined": LONG_AGO, **fields})

    monkeypatch.setattr(UserManager, "create_staff", created)


@built_once
def areas():
    load_areas(entries=[GazetteerEntry(code, km, latin) for code, _level, km, latin in PLACES])
    return {area.code: area for area in Area.objects.all()}


@built_once
def operators():
    Operator.objects.bulk_create(
        Operator(code=code, name_km=name_km, name_en=name_en) for code, name_km, name_en in OPERATORS
    )
    return {operator.code: operator for operator in Operator.objects.all()}


@built_once
def sokha():
    return User.objects.create_citizen(phone="+85512345678")


def _staff(username: str, role: str, **extra: str) -> User:
    return User.objects.create_staff(
        username=username, password=PASSWORD, role=role, date_joined=LONG_AGO, **extra
    )


def _steward(username: str, **extra: str) -> User:
    """One of the few who answer sensitive grievances."""
    user = _staff(username, Role.STEWARD, **extra)
    with roles.as_owner():
        user.answers_sensitive = True
        user.save(update_fields=["answers_sensitive"])
    return user


@built_once
def commune_clerk():
    return _staff("clerk.banteay", Role.OFFICIAL, area_code="010201", full_name="ស្រី ដារ៉ា")


@built_once
def other_clerk():
    return _staff("clerk.bat-trang", Role.OFFICIAL, area_code="010202", full_name="ហេង វិចិត្រ")


@built_once
def nssf_reviewer():
    return _staff("reviewer.nssf", Role.REVIEWER, operator_code="nssf", full_name="គឹម សុភា")


@built_once
def second_nssf_reviewer():
    return _staff("reviewer.nssf.2", Role.REVIEWER, operator_code="nssf", full_name="លី មករា")


@built_once
def family_package_reviewer():
    return _staff("reviewer.family", Role.REVIEWER, operator_code="family_package", full_name="ចាន់ ធី")


@built_once
def steward():
    return _steward("steward.one", full_name="មាស ពិសី")


@pytest.fixture
def auditor(db):
    """Where both stewards exist already, they create the account."""
    named = {"username": "auditor.one", "role": Role.AUDITOR, "full_name": "ឈឹម វាសនា"}
    stewards = list(User.objects.filter(role=Role.STEWARD).order_by("pk")[:2])
    if len(stewards) < 2:
        return _staff(**named)
    proposal = approvals.propose_account(actor=stewards[0], **named)
    approval.approve(proposal=proposal, actor=stewards[1], digest=proposal.digest)
    user = User.objects.get(username="auditor.one")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@built_once
def second_steward():
    return _steward("steward.two", full_name="អ៊ុក រតនា")
