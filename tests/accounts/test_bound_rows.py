"""Write access to the tables, without the platform's keys, is not enough to sign in by copying rows."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from dsp_platform.accounts.models import Role
from dsp_platform.accounts.sessions.store import digest_of
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from tests.accounts.sessions.test_database_leaks import cookie_of
from tests.accounts.staff.test_join import enter, refusals

pytestmark = pytest.mark.django_db

PAGE = "/en/my/sessions/"


@pytest.fixture
def invited(steward):
    user = staff.create_account(
        actor=steward, username="clerk.new", role=Role.OFFICIAL, full_name="សុខ ចាន់", area_code="010201",
        operator_code="",
    )  # fmt: skip
    return user, invitations.invite(actor=steward, user=user)


@pytest.mark.parametrize(
    "swap",
    [
        "UPDATE django_session SET session_data = (SELECT session_data FROM django_session"
        " WHERE session_key = %(theirs)s) WHERE session_key = %(mine)s",
        "DELETE FROM django_session WHERE session_key = %(mine)s;"
        " UPDATE django_session SET session_key = %(mine)s WHERE session_key = %(theirs)s",
    ],
)
def test_the_session_of_one_person_does_not_answer_for_another(steward, sokha, signing, swap):
    theirs, mine = signing.verified(Client(), steward), signing.citizen_client(sokha)
    assert mine.get(PAGE).status_code == theirs.get("/en/admin/").status_code == 200
    keys = {"theirs": digest_of(cookie_of(theirs)), "mine": digest_of(cookie_of(mine))}
    with connection.cursor() as cursor:
        cursor.execute(swap, keys)
    assert Session.objects.filter(session_key=keys["mine"]).exists()
    assert mine.get("/en/admin/").status_code == 302
    assert mine.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    ("columns", "value"),
    [("user_id", "%(other)s"), ("made_at", "now()"), ("expires_at", "now() + interval '1 year'")],
)
def test_an_invitation_is_for_nobody_else_and_lasts_no_longer(invited, commune_clerk, columns, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_invitation SET {columns} = {value}", {"other": commune_clerk.pk})
    assert enter(Client(), invited[1]).status_code == 200
    assert refusals() == ["moved"]


def test_nobody_joins_a_second_time(invited, signing):
    user, code = invited
    user.set_password("four quiet river boats")
    user.save()
    signing.give_device(user)
    assert enter(Client(), code).status_code == 200
    assert refusals() == ["joined"]


def test_who_has_joined_meanwhile_does_not_join_again(invited, signing):
    user, code = invited
    waiting = invitations.invitation_of(code)
    user.set_password("four quiet river boats")
    user.save()
    device = signing.give_device(user)
    with pytest.raises(invitations.CannotJoin):
        invitations.join(invitation=waiting, password="x", key="3132" * 10, code=signing.token())  # noqa: S106
    assert [device] == list(user.totpdevice_set.all())
