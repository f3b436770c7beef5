"""The desks under load: four people at once at a tenth of the size and at the size, over HTTP.

For each page of a desk: p95 in milliseconds with four connections, queries, and how the p95 grows. A million
persons have 200,000 applications and 100,000 grievances (other sizes: in proportion). Last, grievances are
reported by ``RUSH`` threads at once through the service, beside the same rows inserted by raw psycopg.

Aimed at: 15 queries at most, p95 under 150 ms, growth under 1.5, no grievance lost.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from applications.models import Application
from benchmarks import _registry
from benchmarks._server import server
from dsp_platform.accounts.models import TOTPDevice, User
from dsp_platform.database import roles as database_roles
from dsp_platform.database.references import new_reference
from dsp_platform.encryption import crypto
from dsp_platform.exchange.models import Operator
from grievances import services as grievances
from grievances.models import Grievance
from grievances.routing.services import team_of_operator
from registry.models import Person, Programme

SIZE = 100_000
ASKED = 220
WARM = 20
CONNECTIONS = 4
RUSH, REPORTS = 32, 640
# Of ten: how many are still open, as after a year of work.
OPEN_OF_TEN = 2
WAITING = ("submitted", "in_review", "more_asked")
Request = dict[str, str]


def run(size: int) -> dict[str, Any]:
    call_command("collectstatic", interactive=False, verbosity=0)
    small = _measured(size // 10)
    large = _measured(size)
    found: dict[str, Any] = {}
    for page, (queries, p95) in large.items():
        found |= {f"{page}_queries": queries, f"{page}_p95_ms": p95}
        found[f"{page}_growth"] = p95 / small[page][1]
    return found | _rush()


def _measured(size: int) -> dict[str, tuple[int, float]]:
    """By page: queries of one, and the p95 of many."""
    _registry.use_filled(size)
    if not Application.objects.exists():
        _fill(size)
    name = connection.settings_dict["NAME"]
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    found = {}
    with server({"DATABASE_URL": f"{base}/{name}"}) as address:
        for page, browser, requests in _pages(size):
            first, *others = requests
            queries = _queries(browser, first)
            _ask(address, others[:WARM])
            found[page] = (queries, statistics.quantiles(_ask(address, others[WARM:]), n=20)[-1])
    return found


def _ask(address: str, requests: list[Request]) -> list[float]:
    command = [sys.executable, "-m", "benchmarks._desks_client", address, str(CONNECTIONS)]
    done = subprocess.run(command, input=json.dumps(requests), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr or done.stdout)
    return list(json.loads(done.stdout))


def _queries(browser: Client, one: Request) -> int:
    with CaptureQueriesContext(connection) as queries:
        if "body" in one:
            form = "application/x-www-form-urlencoded"
            answer = browser.post(one["path"], one["body"], content_type=form)
        else:
            answer = browser.get(one["path"])
    if answer.status_code not in (200, 302):
        raise RuntimeError(f"{one['path']} answered {answer.status_code}")
    return len(queries)


def _pages(size: int) -> Iterator[tuple[str, Client, list[Request]]]:
    """Name, who asks, and what they ask, each for somebody else."""
    chance = random.Random(size)
    operator = Programme.objects.earliest("pk").operator_id
    reviewer = _signed_in(_staff("reviewer", role="reviewer", operator_code=operator))
    own = list(Application.objects.filter(programme__operator=operator).values_list("pk", flat=True)[:5_000])
    complaints = list(Grievance.objects.filter(operator=operator).values_list("pk", flat=True)[:5_000])
    for kind, path, pks in (
        ("application", "admin:applications_application", own),
        ("grievance", "admin:grievances_grievance", complaints),
    ):
        queue = reverse(f"{path}_changelist")
        yield f"{kind}_queue", reviewer, [_get(reviewer, queue)] * ASKED
        cases = (reverse(f"{path}_change", args=[chance.choice(pks)]) for _ in range(ASKED))
        yield f"{kind}_page", reviewer, [_get(reviewer, case) for case in cases]
    queue = reverse("admin:applications_application_changelist")
    fields = _fields_of(reviewer, queue)
    some = Application.objects.filter(pk__in=own[: 4 * ASKED]).order_by("reference")[:ASKED]
    yield "search", reviewer, [_post(reviewer, queue, {**fields, "q": one.reference}) for one in some]

    people = list(Person.objects.filter(pk__in=chance.sample(range(1, size + 1), ASKED)))
    commune = people[0].village_id[:6]
    clerk = _signed_in(_staff(f"clerk.{commune}", role="official", area_code=commune))
    counter = reverse("registry:counter")
    yield "counter", clerk, [_get(clerk, counter)] * ASKED
    fields = _fields_of(clerk, counter)
    for key, words in (("spid", [one.spid for one in people]), ("name", [one.name for one in people])):
        asked = [_post(clerk, counter, {**fields, "query": word}) for word in words]
        yield f"counter_search_by_{key}", clerk, asked
    yield "submit", *_submits(chance, size)


def _submits(chance: random.Random, size: int) -> tuple[Client, list[Request]]:
    """Citizens who press the button of an application, each once."""
    programme = Programme.objects.filter(state="open", takes_applications=True).earliest("pk")
    never = Person.objects.exclude(applications__programme=programme).filter(account=None, died_on=None)
    people = list(never.filter(pk__in=chance.sample(range(1, size + 1), 3 * ASKED))[:ASKED])
    path = reverse("applications:apply", args=[programme.code])
    browsers, requests = [], []
    for person in people:
        citizen = User.objects.create_citizen(phone=f"+85511{person.pk:07d}")
        # Not by ``PersonWriter``: a benchmark's people are made by hand.
        with database_roles.owner():
            Person.objects.filter(pk=person.pk).update(account=citizen)
        browser = _signed_in(citizen)
        browsers.append(browser)
        requests.append(_post(browser, path, _fields_of(browser, path)))
    return browsers[0], requests


def _get(browser: Client, path: str) -> Request:
    return {"path": path, "cookie": browser.cookies.output(header="", attrs=[], sep=";").strip()}


def _post(browser: Client, path: str, fields: dict[str, str]) -> Request:
    return {**_get(browser, path), "body": urlencode(fields)}


class _Fields(HTMLParser):
    """Those of the page's last form, as a browser that changes nothing would send them; what is to be ticked
    is ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self.found = {}
        elif tag == "input" and has.get("name"):
            self.found[str(has["name"])] = has.get("value") or "on"


def _fields_of(browser: Client, path: str) -> dict[str, str]:
    page = browser.get(path).content.decode()
    main = page[page.index("<main") :]
    fields = _Fields()
    fields.feed(main[: main.index("</form>")])
    return fields.found


def _signed_in(user: User) -> Client:
    browser = Client(HTTP_HOST="127.0.0.1")
    backend = "PhoneBackend" if user.is_citizen else "StaffBackend"
    browser.force_login(user, backend=f"dsp_platform.accounts.sign_in.backends.{backend}")
    if not user.is_citizen:
        device = TOTPDevice.objects.get_or_create(user=user, name="benchmark", confirmed=True)[0]
        session = browser.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return browser


def _staff(username: str, **role: str) -> User:
    found = User.objects.filter(username=username).first()
    return found or User.objects.create_staff(username=username, password=settings.SECRET_KEY, **role)


def _fill(size: int) -> None:
    """Two applications and one grievance for ten persons, over the last year."""
    call_command("load_operators", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    filer = _staff("filer", role="official", area_code="01")
    # Without history and events: queues and pages read what is open, and a page its own few events.
    with database_roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        _registry.copy_rows(Application, _applications(size, filer))
        _registry.copy_rows(Grievance, _grievances(size))
        cursor.execute("SET session_replication_role = DEFAULT")
        for model in (Application, Grievance):
            cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")


def _applications(size: int, filer: User) -> Iterator[dict[str, Any]]:
    chance, today = random.Random(size), timezone.now()
    programmes = list(Programme.objects.values_list("pk", "operator"))
    for number in range(size // 5):
        is_open = chance.randrange(10) < OPEN_OF_TEN
        came = today - timedelta(days=chance.randrange(365), seconds=chance.randrange(86_400))
        yield {
            "reference": new_reference("A"),
            "programme_id": programmes[number % len(programmes)][0],
            # No trigger fills it here.
            "operator_id": programmes[number % len(programmes)][1],
            "person_id": 1 + number * 5,
            "state": chance.choice(WAITING if is_open else ("approved", "refused")),
            "verdict": "likely",
            "rule_version": 1,
            "submitted_at": came,
            "submitted_by_id": filer.pk,
            "decided_at": None if is_open else came + timedelta(days=14),
        }


def _grievances(size: int) -> Iterator[dict[str, Any]]:
    chance, today = random.Random(size + 1), timezone.now()
    operators = sorted(set(Programme.objects.values_list("operator_id", flat=True)))
    teams = {code: team_of_operator(Operator.objects.get(pk=code)).pk for code in operators}
    token = crypto.encrypt("អត់បានទទួលប្រាក់ខែនេះ")
    for number in range(size // 10):
        is_open = chance.randrange(10) < OPEN_OF_TEN
        yield {
            "reference": new_reference("G"),
            "pin_digest": number.to_bytes(32, "big"),
            "category": chance.choice(("payment", "assessment", "decision", "other")),
            "text": token,
            "operator_id": operators[number % len(operators)],
            "team_id": teams[operators[number % len(operators)]],
            "person_id": 1 + number * 10,
            "state": chance.choice(("reported", "in_review") if is_open else ("resolved", "dismissed")),
            "submission": UUID(int=number),
            "reported_at": today - timedelta(days=chance.randrange(365), seconds=chance.randrange(86_400)),
        }


def _rush() -> dict[str, Any]:
    """Grievances reported by many at once, against their rows inserted by as many."""
    operator = Operator.objects.earliest("pk")
    submissions = [uuid4() for _ in range(REPORTS)]
    grievances.limits.take_report = lambda **_: None  # a rush from one machine is not a flood

    def report(submission: UUID) -> None:
        details = grievances.Details(category="payment", text="មិនទាន់បានប្រាក់", operator=operator)
        grievances.report_grievance(
            actor=None, assisted_session=None, submission=submission, details=details, language="km"
        )

    service = _together(report, submissions)
    kept = Grievance.objects.filter(submission__in=submissions)
    if kept.count() != REPORTS:
        raise RuntimeError(f"{REPORTS - kept.count()} grievances were lost")
    table = Grievance._meta.db_table
    columns = [field.column for field in Grievance._meta.local_concrete_fields if not field.primary_key]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE submission = ANY (%s)", [submissions])
        rows = cursor.fetchall()
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    unique = [columns.index(name) for name in ("reference", "submission")]

    def insert_row(row: tuple[Any, ...]) -> None:
        values = list(row)
        values[unique[0]], values[unique[1]] = new_reference("G"), uuid4()
        with connection.cursor() as cursor:
            cursor.execute(insert, values)

    raw = _together(insert_row, rows)
    return {
        "grievances_lost": 0,
        "grievances_per_second": REPORTS / service,
        "raw_per_second": REPORTS / raw,
        "share_of_raw": raw / service,
    }


def _together(act: Any, subjects: Iterable[Any]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(RUSH, initializer=connections.close_all) as pool:
        for _done in pool.map(act, subjects):
            pass
    return time.perf_counter() - started
