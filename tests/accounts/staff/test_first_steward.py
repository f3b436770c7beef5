"""How the first two stewards are created, and that nobody else can be created that way."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import services as staff
from dsp_platform.audit.models import AuditEvent
from tests.accounts.staff.test_join import enter, set_up
from tests.roles import as_owner
from tests.structure.test_deploy import BASE, PRODUCTION

pytestmark = pytest.mark.django_db


def code_of(printed: str) -> str:
    return re.search(r"/(?:km|en)/staff/join/#([a-z0-9-]+)", printed)[1]


def invite(capsys, name="steward.first") -> str:
    call_command("first_steward", name, "--name", "មាស ពិសី")
    return code_of(capsys.readouterr().out)


def test_from_an_empty_database_a_steward_gets_in(client, capsys):
    enter(client, invite(capsys))
    assert set_up(client).url == "/en/admin/"
    assert client.get("/en/admin/accounts/user/add/").status_code == 200
    assert AuditEvent.objects.filter(action="invite", actor=None).count() == 1


def test_the_link_that_was_lost_is_replaced(client, capsys):
    lost, found = invite(capsys), invite(capsys)
    assert enter(client, lost).status_code == 200
    assert enter(client, found).status_code == 302
    assert User.objects.count() == 1


def test_once_two_stewards_can_sign_in_they_invite_the_others(capsys):
    for name in ("steward.first", "steward.second"):
        client = Client()
        enter(client, invite(capsys, name))
        set_up(client)
    with pytest.raises(CommandError, match="they invite the others"):
        call_command("first_steward", "steward.third", "--name", "x")
    assert User.objects.count() == 2


def test_when_all_are_closed_the_owner_puts_in_another_and_nobody_else(steward, second_steward, capsys):
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="owner"), transaction.atomic():
        invite(capsys, "steward.third")
    with as_owner():
        code = invite(capsys, "steward.third")
    client = Client()
    assert enter(client, code).status_code == 302
    assert set_up(client).url == "/en/admin/"


def test_nobody_elses_account_is_taken(commune_clerk):
    with pytest.raises(CommandError):
        call_command("first_steward", "clerk.banteay", "--name", "x")
    assert commune_clerk.check_password("only-for-tests-9182")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["createsuperuser"], "first_steward"),
        (["changepassword", "steward.one"], "set their own passwords"),
    ],
)
def test_djangos_own_ways_to_an_account_are_closed(steward, command, why):
    with pytest.raises(CommandError, match=why):
        call_command(*command)
    steward.refresh_from_db()
    assert steward.check_password("only-for-tests-9182")
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_works_with_the_settings_of_production(client):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "REDIS_URL") if name in os.environ}
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    database = {"DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}"}
    # With the keys of this process, which reads afterwards what the command wrote.
    keys = {name: os.environ[name] for name in ("DIGEST_KEY", "ENCRYPTION_KEYS")}
    done = subprocess.run(
        [sys.executable, "manage.py", "first_steward", "steward.first", "--name", "Meas Pisey"],
        cwd=Path(BASE), env={**kept, **PRODUCTION, **keys, **database}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert "https://dspp.example/km/staff/join/#" in done.stdout
    enter(client, code_of(done.stdout))
    assert set_up(client).url == "/en/admin/"
    assert staff.has_joined(User.objects.get(username="steward.first"))


@pytest.mark.parametrize("who", ["sokha", "commune_clerk", "nssf_reviewer", "steward"])
def test_a_superuser_gets_nothing_by_that(request, who, signing):
    user = request.getfixturevalue(who)

    def pages():
        client = signing.verified(Client(), user)
        answers = [
            client.get(f"/en/admin/{page}") for page in ("", "accounts/user/", "registry/programme/add/")
        ]
        user.totpdevice_set.all().delete()
        return [(answer.status_code, re.sub(r"\d+", "", str(answer.get("Location")))) for answer in answers]

    before = pages()
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    user.refresh_from_db()
    assert pages() == before
    assert not user.has_perm("accounts.change_user")
    assert not user.has_module_perms("accounts")
