"""Helpers for signing in: the outbox with its codes, and staff with both factors."""

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge, TOTPDevice

PHONE = "+85512345678"
KEY = "3132333435363738393031323334353637383930"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def phone():
    return PHONE


def code_in(client: Client) -> str:
    """The code that was sent for this browser's challenge."""
    challenge = PhoneChallenge.objects.get(pk=client.session["sign_in"]["challenge"])
    return codes.code_of(challenge)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def ask(client: Client, typed: str = "012 345 678", **query: str):
    return client.post("/en/sign-in/", {"phone": typed}, query_params=query)


def answer(client: Client, code: str):
    return client.post("/en/sign-in/code/", {"code": code})


def token(steps_ago: int = 0) -> str:
    """The code that the authenticator app displays now, or displayed so many half minutes ago."""
    return f"{totp(bytes.fromhex(KEY), drift=-steps_ago):06}"


def give_device(user) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="app", key=KEY, confirmed=True)


def verified(client: Client, user) -> Client:
    """Signed in with both factors, without using the forms."""
    device = give_device(user)
    client.force_login(user, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def citizen_client(user) -> Client:
    client = Client()
    client.force_login(user, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    return client


class Helpers:
    ask = staticmethod(ask)
    answer = staticmethod(answer)
    code_in = staticmethod(code_in)
    wrong = staticmethod(wrong)
    token = staticmethod(token)
    give_device = staticmethod(give_device)
    verified = staticmethod(verified)
    citizen_client = staticmethod(citizen_client)


@pytest.fixture
def signing():
    return Helpers
