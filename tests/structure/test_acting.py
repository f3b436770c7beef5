"""Every form that acts for somebody is refused after assisted session, person or account have changed.

The forms are found by crawling the site and the views by walking the URLs, so that new ones are covered
automatically.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from dsp_platform.accounts.acting import form_token
from dsp_platform.accounts.assisted_sessions.services import end_assisted_session, open_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from registry.models import Household, Membership, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.crawl import pages
from tests.registry.cast import household_details, person_details
from tests.sending import writes
from tests.structure.conftest import browser
from tests.structure.test_access import addresses

# Not about a person: sign-ins, the access log, the end of an assisted session.
OF_NOBODY = ("django_", "usersessions_", "audit_", "accounts_assistedsession", "otp_")
# Buttons that are answered before any view, whoever presses them: the language, and the lock of the desk.
ANSWERED_BEFORE = ("_switch", "_lock")
WORDS = {"textarea": "words", "text": "012 345 677", "tel": "012 345 677", "search": "x", "": "x"}


class Forms(HTMLParser):
    """The forms of a page that are posted: their address, and the data a browser would send with every field
    filled in.
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form" and values.get("method") == "post":
            self._open = {}
            self.found.append((urljoin(self.address, values.get("action", "")), self._open))
        elif self._open is not None and tag in ("input", "textarea", "button", "select"):
            self._fill(tag, values)

    def _fill(self, tag: str, values: dict[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "")
        if name and name not in ANSWERED_BEFORE and self._open is not None and kind != "file":
            word = WORDS.get(kind if tag == "input" else tag, "")
            self._open.setdefault(name, values.get("value") or word)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(client: Client, more: tuple[str, ...] = ()) -> dict[str, dict[str, str]]:
    """By the address to which they are posted."""
    found: dict[str, dict[str, str]] = {}
    for address, answer in pages(client, "en", more, ("help/", "programmes/?")):
        parser = Forms(address)
        parser.feed(answer.content.decode())
        found |= {urlsplit(target).path: data for target, data in parser.found}
    return found


def written() -> dict[str, int]:
    """By table of a domain, the number of rows written so far."""
    return {name: rows for name, rows in writes().items() if not name.startswith(OF_NOBODY)}


@built_once
def neighbour(house, programme, sharing, commune_clerk) -> Person:
    """Of the same commune, registered at the counter, without an account."""
    details = household_details(person_details(family_name="ជា", given_name="សុភ័ក្ត្រ"))
    return register_household(actor=commune_clerk, details=details).memberships.get().person


MORE = (
    "apply/health/", "my/consents/nssf/give/", "my/consents/nssf/withdraw/", "my/changes/phone/phone/",
    "my/changes/birth/name/", "counter/lost-phone/", "counter/first-phone/", "my/claim/", "register/name/",
    "my/account/phone/", "documents/application-draft/health-1/",
)  # fmt: skip


def assisted_session_changed(client: Client, assisted_session: AssistedSession, other: Person) -> None:
    open_assisted_session(
        official=assisted_session.official, subject_id=other.pk, reason="check", consent_text="read out"
    )


def assisted_session_ended(client: Client, assisted_session: AssistedSession, other: Person) -> None:
    end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.CLOSED)


def assisted_session_expired(client: Client, assisted_session: AssistedSession, other: Person) -> None:
    AssistedSession.objects.filter(pk=assisted_session.pk).update(
        seen_at=timezone.now() - timedelta(minutes=31)
    )


OF_ASSISTED_SESSION = (assisted_session_changed, assisted_session_ended, assisted_session_expired)


def merged(client: Client, subject: Person, other: Person) -> None:
    account = subject.account
    Person.objects.filter(pk=subject.pk).update(merged_into=other.pk, account=None)
    Person.objects.filter(pk=other.pk).update(account=account)


def moved(client: Client, subject: Person, other: Person) -> None:
    Membership.objects.filter(person=subject).update(ended_on=timezone.localdate())
    household = Household.objects.create(number="H-1234-5678", village_id="01020101")
    Membership.objects.create(
        household=household, person=subject, relationship="head", started_on=timezone.localdate()
    )


def another_account(client: Client, subject: Any, other: Person) -> None:
    signed_in = User.objects.get(pk=client.session["_auth_user_id"])
    next_one = (
        User.objects.create_citizen(phone="+85599888777")
        if signed_in.is_citizen
        else User.objects.get(username="clerk.bat-trang")
    )
    client.cookies = browser(next_one).cookies


def sent_after(
    client: Client, path: str, data: dict[str, str], meanwhile: Callable[[], None]
) -> tuple[int, str, bool]:
    """The answer, and whether anything was written. Everything is rolled back."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        meanwhile()
        before = written()
        answer = Client.post(client, path, data)
        same = before == written()
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code, answer.content.decode(), same


def is_of_account(path: str) -> bool:
    return getattr(resolve(path).func, "acting_checks", "") != ""


def acting_forms(client: Client) -> dict[str, dict[str, str]]:
    found = forms_of(client, MORE)
    silent = [
        path
        for path, data in found.items()
        if form_token.is_checked(resolve(path).func) and form_token.FIELD not in data
    ]
    assert not silent, "these forms do not say for whom they act"
    return {path: data for path, data in found.items() if form_token.is_checked(resolve(path).func)}


def wrongly_taken(client: Client, sokha: User, other: Person, events: list[Callable[..., None]]) -> list[Any]:
    """Forms of this browser that wrote something, or named nobody for whom they act, after an event."""
    wrong, forms, subject = [], acting_forms(client), sokha.person
    assert len(forms) >= 15, sorted(forms)
    for path, data in forms.items():
        # The crawl proves something only if the same form is accepted otherwise.
        if sent_after(client, path, data, lambda: None)[0] == 409:
            wrong.append((path, "refused although nothing has changed"))
        for event in events:
            if is_of_account(path) and event is not another_account:
                continue
            if path.endswith("/counter/lock/"):  # it only locks the desk, on whoever's page it is pressed
                continue
            first = AssistedSession.objects.get(ended_at=None) if event in OF_ASSISTED_SESSION else subject
            happens = partial(event, client, first, other)
            status, page, same = sent_after(client, path, data, happens)
            told = event is another_account or subject.spid_grouped in page
            if (status, same, told) != (409, True, True):
                wrong.append((path, event.__name__, status, same, told))
    return wrong


@pytest.mark.django_db
def test_no_form_of_the_counter_acts_for_another(browsers, neighbour, sokha):
    assert not wrongly_taken(
        browsers["assisted_session"], sokha, neighbour, [*OF_ASSISTED_SESSION, merged, moved, another_account]
    )


@pytest.mark.django_db
def test_no_form_of_a_citizen_acts_for_another(browsers, neighbour, sokha):
    assert not wrongly_taken(browsers["citizen"], sokha, neighbour, [merged, moved, another_account])


@pytest.mark.parametrize("who", ["citizen", "assisted_session"])
@pytest.mark.django_db
def test_no_view_behind_an_account_takes_a_form_of_another_or_of_nobody(browsers, house, neighbour, who):
    """Found by their URLs, so this includes those to which no page of this family links."""
    client, wrong, seen = browsers[who], [], 0
    stranger = form_token.Acting(str(neighbour.pk + 10**6), "", "1.1").signed()
    for name, path in addresses(house).items():
        view = None if name.startswith("admin:") or "/admin/" in path else resolve(path).func
        if view is None or not getattr(view, "needs_account", False):
            continue
        for data in ({form_token.FIELD: stranger}, {form_token.FIELD: "forged"}, {form_token.FIELD: ""}):
            seen += 1
            answer = client.post(path, data)
            if answer.status_code != 409:
                wrong.append((name, answer.status_code))
    assert not wrong
    assert seen > 60


@pytest.mark.django_db
def test_a_look_at_a_page_writes_nothing_for_anybody(browsers, neighbour):
    client = browsers["assisted_session"]
    for address, _answer in pages(client, "en", MORE, ("help/", "programmes/?")):
        before = written()
        client.get(address)
        assert before == written(), address


@pytest.mark.parametrize("who", ["citizen", "assisted_session"])
@pytest.mark.django_db
def test_a_page_shown_to_an_account_does_nothing_once_it_is_signed_out(browsers, who):
    """Also where no sign-in is needed: the page was shown to the person before at this browser."""
    client, address = browsers[who], "/en/grievances/report/"
    page = hidden(client, address, address)
    client.cookies.clear()
    assert client.post(address, {**page, "category": "payment"}).status_code == 409


def hidden(client: Client, address: str, target: str) -> dict[str, str]:
    parser = Forms(address)
    parser.feed(client.get(address).content.decode())
    return next(data for where, data in parser.found if where == target)


@pytest.mark.django_db
def test_reason_and_consent_read_to_one_open_no_assisted_session_of_another(browsers, neighbour, sokha):
    client, assisted_session = browsers["assisted_session"], AssistedSession.objects.get(ended_at=None)
    client.post("/en/counter/", {"person": sokha.person.spid})
    page = hidden(client, "/en/counter/open/", "/en/counter/open/")
    client.post("/en/counter/", {"person": neighbour.spid})
    answer = client.post("/en/counter/open/", {**page, "reason": "check", "agree": "on"})
    assert answer.status_code == 409
    assert sokha.person.spid_grouped in answer.content.decode()
    assert AssistedSession.objects.get(ended_at=None) == assisted_session


@pytest.mark.django_db
def test_an_assisted_session_is_ended_by_the_page_that_showed_it_only(browsers, neighbour):
    client, assisted_session = browsers["assisted_session"], AssistedSession.objects.get(ended_at=None)
    page = hidden(client, "/en/my/", "/en/counter/end/")
    assisted_session_changed(client, assisted_session, neighbour)
    assert client.post("/en/counter/end/", page).status_code == 409
    now = AssistedSession.objects.get(ended_at=None)
    end_assisted_session(assisted_session=now, end=AssistedSession.End.CLOSED)
    assert client.post("/en/counter/end/", page).url == "/en/counter/"  # ended already: a second click


@pytest.mark.parametrize("newcomer", [True, False])
@pytest.mark.django_db
def test_a_page_of_one_assisted_session_does_nothing_in_the_next(browsers, sokha, newcomer):
    """Two newcomers have no record yet, and one person may come twice: only the assisted session
    distinguishes them.
    """
    client, official = browsers["assisted_session"], AssistedSession.objects.get(ended_at=None).official
    subject = None if newcomer else sokha.person.pk

    def next_assisted_session() -> None:
        end_assisted_session(
            assisted_session=AssistedSession.objects.get(ended_at=None), end=AssistedSession.End.CLOSED
        )
        open_assisted_session(official=official, subject_id=subject, reason="check", consent_text="read out")

    next_assisted_session()
    address = client.get("/en/register/").url if newcomer else "/en/my/changes/address/address/"
    page = hidden(client, address, address)
    assert client.post(address, page).status_code != 409
    next_assisted_session()
    assert client.post(address, page).status_code == 409


@pytest.mark.django_db
def test_what_was_typed_comes_back_in_an_assisted_session_of_the_same_person_only(browsers, neighbour, sokha):
    client, assisted_session = browsers["assisted_session"], AssistedSession.objects.get(ended_at=None)
    address = "/en/my/changes/address/address/"
    page = hidden(client, address, address)
    assisted_session_changed(client, assisted_session, neighbour)
    assert client.post(address, {**page, "address": "House 77"}).status_code == 409
    assert "House 77" not in client.get(address).content.decode()
    assisted_session_changed(client, assisted_session, sokha.person)
    assert "House 77" in client.get(address).content.decode()
