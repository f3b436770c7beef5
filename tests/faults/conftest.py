"""Demo data with the operators' real databases, and the platform's processes in which faults are injected."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.devserver.processes import free_port
from dsp_platform.devserver.redis import Redis
from tests.built_once import WrittenAgain
from tests.registry.pages import Family
from tests.stack import Browser, Process, Web, celery_worker, empty_operator_databases, own_operator_databases

AGREED = ["idpoor", "nssf", "family_package", "disability"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults" in str(item.path):
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def catalogue() -> WrittenAgain:
    return WrittenAgain("load_operators", "load_catalogue")


@pytest.fixture
def country(transactional_db, areas, catalogue) -> Iterator[None]:
    own_operator_databases()
    catalogue.load()
    empty_operator_databases()  # left by earlier tests
    yield
    empty_operator_databases()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    """A Redis for this test alone."""
    redis = Redis(tmp_path / "redis", "of-this-test", free_port())
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
def started(country, broker, tmp_path) -> Iterator[Callable[[Process], Process]]:
    """``started(process)``: runs until the test ends, however it ends."""
    processes: list[Process] = []

    def start(process: Process) -> Process:
        processes.append(process)
        process.changes["REDIS_URL"] = broker.url
        process.start()
        return process

    yield start
    if broker.process:
        broker.process.send_signal(signal.SIGCONT)  # a clean shutdown is impossible while Redis is stopped
    for process in reversed(processes):
        process.stop()
    for log in sorted(tmp_path.glob("*.log")):
        print(f"--- {log.name}\n{log.read_text()[-3000:]}")


@pytest.fixture
def web(started, tmp_path: Path) -> Web:
    return started(Web(tmp_path / "web.log"))


@pytest.fixture
def worker(started, tmp_path: Path) -> Process:
    return started(celery_worker(tmp_path / "worker.log"))


def sign_in(web: Web, phone: str = "012 345 678") -> Browser:
    """Through the sign-in of citizens, with the code that was texted."""
    browser = Browser(web)
    browser.get("/km/sign-in/")
    assert browser.post("/km/sign-in/", {"phone": phone}).url == "/km/sign-in/code/"
    code = codes.code_of(PhoneChallenge.objects.latest("created_at"))
    assert browser.post("/km/sign-in/code/", {"code": code}).status_code == 302
    return browser


def told(web: Web, phone: str = "012 345 678", document: str = "010203045") -> Family:
    """A mother and her son, with every question answered but the last page not submitted."""
    family = Family(sign_in(web, phone))
    family.head(
        consent={"agree": "on", "operators": AGREED},
        document={"document_type": "identity_card", "document_number": document},
        phone={"phone": phone},
    )
    family.child()
    family.post("members", {"more": "no"})
    family.post("circumstances", {"difficulty": "some"}, 1)
    family.post("difficulties", {"walking": "3"}, 1)
    family.post("circumstances", {}, 2)
    return family
