"""The admin in Khmer shows no English."""

import html
import re

import pytest
from django.contrib import admin
from django.test import Client

from dsp_platform.accounts.models import TOTPDevice, User

_UNSEEN = re.compile(
    r"<(script|style|svg|head|template|code|textarea)\b.*?</\1>|<option[^>]*>.*?</option>|<!--.*?-->", re.S
)
_TAG = re.compile(r"<[^>]*>", re.S)
_WORD = re.compile(r"[A-Za-z]{3,}")
# Names and symbols that are the same in both languages.
_NAMES = {"SPID", "DSPP", "English", "JSON", "CEL", "CSV", "XLSX", "IDPoor", "PIN", "steward", "one"}
# Codes of the audit trail are shown as stored: sign_in, user; a provider as the settings name it.
_CODES = {"sign", "user", "console", "list", "auditevent"}
# Messages registered by other tests, without a title.
_TESTS = re.compile(r"tests[._]\w+")


@pytest.fixture
def client_of_steward(steward: User) -> Client:
    client = Client()
    device = TOTPDevice.objects.create(user=steward, name="app", confirmed=True)
    client.force_login(steward, "dsp_platform.accounts.sign_in.backends.StaffBackend")
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return client


def english_words(page: str) -> set[str]:
    seen = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", page)))
    return set(_WORD.findall(_TESTS.sub(" ", seen))) - _NAMES - _CODES


def test_pages_of_the_admin_are_all_khmer(client_of_steward: Client) -> None:
    lists = [f"{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    found = {}
    for page in ["", "password_change/", *lists, *(f"{page}add/" for page in lists)]:
        answer = client_of_steward.get(f"/km/admin/{page}")
        # Records that stewards cannot add, or cannot see.
        if answer.status_code not in (302, 403):
            found[page] = english_words(answer.content.decode())
    assert len(found) > 10
    assert "\n".join(f"{page}: {sorted(words)}" for page, words in found.items() if words) == ""
