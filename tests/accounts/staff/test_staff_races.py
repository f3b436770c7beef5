"""Races of two requests by staff, or by strangers in their name."""

import pytest
from django.test import Client
from django_otp.oath import totp

from dsp_platform.accounts.models import Invitation, Role, SignInFailure, TOTPDevice, new_totp_key
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.audit.models import AuditEvent
from tests.accounts.codes.test_code_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_invitation_that_is_used_twice_at_once_is_used_once(steward):
    user = staff.create_account(
        actor=steward, username="clerk.new", role=Role.OFFICIAL, full_name="x", area_code="010201",
        operator_code="",
    )  # fmt: skip
    code = invitations.invite(actor=steward, user=user)

    def join(password):
        key = new_totp_key()

        def act():
            try:
                return invitations.join(
                    invitation=Invitation.objects.select_related("user").get(),
                    password=password,
                    key=key,
                    code=f"{totp(bytes.fromhex(key)):06}",
                )
            except invitations.CannotJoin as refused:
                return refused.reason

        return act

    outcomes = at_once(*[join(f"four quiet boats {number}") for number in range(4)])
    assert sorted(map(str, outcomes))[:3] == ["used", "used", "used"]
    assert TOTPDevice.objects.count() == 1
    assert AuditEvent.objects.filter(action="join").count() == 1
    with pytest.raises(invitations.CannotJoin):
        invitations.invitation_of(code)


def test_concurrent_tries_do_not_exceed_the_rate_limit():
    network = throttle.network_digest(Client().get("/en/sign-in/").wsgi_request)
    for _ in range(throttle.NETWORK_FAILURES - 1):
        SignInFailure.objects.create(bucket=network)

    def sign_in(number):
        def act():
            typed = {"username": f"nobody{number}", "password": "x", "otp_token": "000000"}
            return b"Too many tries failed" in Client().post("/en/counter/sign-in/", typed).content

        return act

    assert sorted(at_once(*[sign_in(number) for number in range(6)])) == [False, *[True] * 5]
    assert SignInFailure.objects.filter(bucket=network).count() == throttle.NETWORK_FAILURES
