"""A signed-in browser, check pages, and the answers of a family that registers."""

import re
from typing import Any

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from dsp_platform.accounts.models import TOTPDevice, User
from tests.acting import shown_now


class ShownClient(Client):
    """Sends for whom the page was shown, as a browser does, also before the first test: there
    `forms_say_for_whom` does not do it.
    """

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        return super().post(path, {**shown_now(self), **(data or {})}, *args, **kwargs)


def shown_to(citizen: User) -> Client:
    """The browser on the phone of somebody who is signed in; for fixtures that are built once."""
    client = ShownClient()
    client.force_login(citizen, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    return client


def official_client(user: User) -> Client:
    """Signed in with password and second factor."""
    client = Client()
    client.force_login(user, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    device = TOTPDevice.objects.create(user=user, name="test", confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def shown_on(browser: Any, page: str) -> dict[str, str]:
    """What a check page sends: the digest of the answers that it shows. Empty where it is not shown."""
    found = re.search(r'name="shown" value="(\w+)"', browser.get(page).content.decode())
    return {"shown": found[1]} if found else {}


def asked_on(browser: Any, page: str) -> dict[str, str]:
    """What the page of a question sends besides its answer. Empty where it is not shown."""
    found = re.search(r'name="asked_with" value="(\w+)"', browser.get(page).content.decode())
    return {"asked_with": found[1]} if found else {}


def confirm(browser: Any, page: str, typed: dict[str, Any] | None = None, **how: Any) -> Any:
    """Press the button of a page that sends what it shows."""
    return browser.post(page, {**(typed or {}), **shown_on(browser, page)}, **how)


HEAD = {
    "consent": {"agree": "on", "operators": ["idpoor"]},
    "name": {
        "family_name": "សុខ",
        "given_name": "សុខា",
        "latin_family_name": "Sok",
        "latin_given_name": "Sokha",
    },
    "sex": {"sex": "female"},
    "birth": {"born_day": "២៧", "born_month": "៣", "born_year": "១៩៨៥"},
    "document": {"document_type": "identity_card", "document_number": "០១០២០៣០៤៥"},
    "phone": {"phone": "012 345 678"},
    "place": {"village_code": "01020101", "address": "ផ្ទះលេខ ១២"},
}
BEGUN = {
    "consent": {"agree": True, "operators": ["idpoor"], "text": "…", "language": "km"},
    "members": [
        {
            "id": 1,
            "done": ["name", "sex", "birth", "document", "phone"],
            **HEAD["name"],
            **HEAD["sex"],
            "born": "1985-03-27",
            "document_type": "identity_card",
            "document_number": "010203045",
            "phone": "+85512345678",
        }
    ],
    "last": 1,
    "no_more": False,
}
"""What the draft holds when all of ``HEAD`` but the place is answered."""
SON = {
    "name": {"family_name": "សុខ", "given_name": "ពិសិដ្ឋ"},
    "relationship": {"relationship": "child"},
    "sex": {"sex": "male"},
    "birth": {"born_year": "2015"},
    "document": {"document_type": "none"},
}


def begin_household(laptop: Client, language: str = "km") -> None:
    """At the counter: nobody is found, so a case is opened for a new household."""
    laptop.post(f"/{language}/counter/", {"query": "nobody of this name"})
    laptop.post(f"/{language}/counter/", {"new": "yes"})
    laptop.post(f"/{language}/counter/open/", {"reason": "register", "agree": "on"})


class Family:
    """Posts the steps of a registration as a browser would, following each redirect."""

    def __init__(self, client: Client, language: str = "km") -> None:
        self.client, self.root = client, f"/{language}/register/"

    def post(self, step: str, data: dict, member: int | None = None, query: str = ""):
        path = f"{self.root}{step}/" if member is None else f"{self.root}member/{member}/{step}/"
        return self.client.post(path + query, data)

    def head(self, **changes):
        answers = HEAD | changes
        self.post("consent", answers["consent"])
        for step in ("name", "sex", "birth", "document", "phone"):
            self.post(step, answers[step], 1)
        return self.post("place", answers["place"], query="?in=010201")

    def child(self, number: int = 2, **changes):
        self.post("members", {"more": "yes"})
        for step, data in (SON | changes).items():
            response = self.post(step, data, number)
        return response

    def finish(self, members: int = 1):
        self.post("members", {"more": "no"})
        for number in range(1, members + 1):
            self.post("circumstances", {"difficulty": "some", "studying": ""}, number)
            self.post("difficulties", {"seeing": "2"}, number)
        return self.confirm()

    def confirm_rare(self, member: int | None = None):
        """Say that what is rare is right, of a member or of the whole household."""
        step = "rare/" if member is None else f"member/{member}/rare/"
        page = f"{self.root}{step}"
        return self.client.post(page, {"right": "yes", **shown_on(self.client, page)})

    def confirm(self):
        return confirm(self.client, f"{self.root}check/")

    def register(self):
        self.head()
        return self.finish()
