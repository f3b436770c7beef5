"""A statement of the web server is cancelled after ten seconds, and the page says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from dsp_platform.audit.admin import AuditEventAdmin
from dsp_platform.audit.models import AuditEvent
from tests.structure.conftest import calm

BASE = Path(__file__).resolve().parents[2]
SHOWN = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(*cursor.fetchone())
"""
WEB = f"import dsp_platform.webserver.server, dsp_platform.wsgi{SHOWN}"
WORKER = f"import django, dsp_platform.celery\ndjango.setup(){SHOWN}"


def limit_of(program: str, **changes: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_STATEMENT_SECONDS"}
    environment = inherited | {"DJANGO_SETTINGS_MODULE": "dsp_platform.settings"} | changes
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=BASE, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_web_server_has_a_limit_and_workers_have_none():
    assert limit_of(WEB) == "10s"
    assert limit_of(WORKER) == "0"
    assert limit_of(WEB, DATABASE_STATEMENT_SECONDS="30") == "30s"


def slow(self: AuditEventAdmin, request: HttpRequest) -> QuerySet[AuditEvent]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        cursor.execute("SELECT pg_sleep(5)")
    return AuditEvent.objects.none()


@pytest.mark.parametrize(
    ("language", "words"),
    [("km", "ទំព័រនេះប្រើពេលយូរពេក"), ("en", "This page took too long")],
)
def test_a_statement_that_takes_too_long_is_answered_in_words(staff_clients, monkeypatch, language, words):
    monkeypatch.setattr(AuditEventAdmin, "get_queryset", slow)
    answer = calm(staff_clients["auditor"]).get(f"/{language}/admin/audit/auditevent/")
    assert answer.status_code == 503
    assert words in answer.content.decode()
    assert f'lang="{language}"' in answer.content.decode()
    assert "pg_sleep" not in answer.content.decode()
    assert answer["Cache-Control"].count("no-store") == 1
    assert int(answer["Retry-After"]) > 0


def test_any_other_failure_keeps_its_own_page(staff_clients, monkeypatch):
    def broken(self: AuditEventAdmin, request: HttpRequest) -> QuerySet[AuditEvent]:
        raise ZeroDivisionError

    monkeypatch.setattr(AuditEventAdmin, "get_queryset", broken)
    assert calm(staff_clients["auditor"]).get("/km/admin/audit/auditevent/").status_code == 500
