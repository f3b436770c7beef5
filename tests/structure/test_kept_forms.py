"""Every form of the counter is kept by a device while there is no line, and applied once when it is sent.

The forms are found by walking the site behind an official, so that a new one is covered, or refused here.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import end_open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.offline.kept import KEPT_FOR, is_kept, paths_never_kept
from dsp_platform.offline.models import OfflineItem
from dsp_platform.offline.typed import typed_in_words
from registry.appointments.services import make_appointment
from registry.models import Area, HouseholdVisit, VillageDay
from registry.village_days.services import plan_village_day, take_next
from tests.acting import shown_now
from tests.crawl import pages
from tests.offline.sealing import Item
from tests.registry.changes.cast import NAME, about, ask
from tests.registry.pages import begin_household
from tests.structure.test_acting import MORE, Forms, written
from tests.structure.test_posts import PLAUSIBLE

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
AND_MORE = (*MORE, "counter/come-back/", "grievances/report/", "my/lost-number/")
# What is worth nothing later, and nobody may find on a laptop.
SECRET = {"code", "pin", "password", "otp_token", "current_password", "new_code"}
SHOWN = {"acting_for", "asked_with", "shown", "version", "kept_for"}  # the page was shown all the same
LEFT_OUT = ("help/", "programmes/?")


class Found(NamedTuple):
    path: str
    fields: dict[str, str]
    typed: dict[str, str]
    """Those of the fields that are shown."""


class ShownForms(Forms):
    """Besides, by address, the fields of its forms that somebody fills in."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.shown: set[str] = set()
        self.takes_files = False

    def _fill(self, tag: str, values: dict[str, str]) -> None:
        super()._fill(tag, values)
        self.takes_files |= values.get("type") == "file"
        if tag != "button" and values.get("type") not in ("hidden", "file", "submit"):
            self.shown.add(values.get("name", ""))


def forms_of(client: Client) -> Iterator[Found]:
    """One of those that differ in their buttons or values only."""
    seen = set()
    for address, answer in pages(client, "en", AND_MORE, LEFT_OUT):
        parser = ShownForms(address)
        parser.feed(answer.content.decode())
        for target, fields in parser.found:
            path = urlsplit(target).path
            if (kind := (re.sub(r"\d+", "0", path), *sorted(fields))) not in seen:
                seen.add(kind)
                values = {name: value or PLAUSIBLE.get(name, "") for name, value in fields.items()}
                # A device keeps no files, nor what is sent with them.
                typed = () if parser.takes_files else parser.shown & fields.keys()
                yield Found(path, values, {one: values[one] or "1" for one in typed})


@pytest.fixture
def case(browsers, sokha, commune_clerk, sharing) -> Client:
    """With somebody who asked for a change, is asked to come back, and began to apply."""
    client, person = browsers["assisted_session"], sokha.person
    opened = commune_clerk.assisted_sessions.get(ended_at=None)
    ask(sokha, "name", who=about(person), name=NAME)
    make_appointment(
        person=person, official=commune_clerk, assisted_session=opened, day=timezone.localdate(),
        reason="document", note="",
    )  # fmt: skip
    return client


@pytest.fixture
def newcomers(browsers, other_clerk, sharing) -> Client:
    client = browsers["official"]
    begin_household(client)
    client.post("/en/register/consent/", {"agree": "on", **shown_now(client)})
    return client


@pytest.fixture
def village_day(browsers, house, other_clerk) -> Client:
    """Of an official who has taken a household, without a case."""
    User.objects.filter(pk=other_clerk.pk).update(area_code="010201")
    other_clerk.refresh_from_db()
    day = plan_village_day(
        actor=other_clerk,
        village=Area.objects.get(pk="01020101"),
        day=timezone.localdate(),
        officials=[other_clerk],
        chosen=VillageDay.Chosen.ALL,
    )
    take_next(actor=other_clerk, village_day=day)
    return browsers["official"]


@pytest.fixture(params=["case", "newcomers", "village_day"])
def at_the_counter(request) -> Client:
    return request.getfixturevalue(request.param)


def official_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_what_the_device_keeps_is_what_the_server_takes(at_the_counter):
    wrong, never = [], re.compile("|".join(f"(?:{one})" for one in paths_never_kept()))
    for path, fields, _typed in forms_of(at_the_counter):
        kept = is_kept(resolve(path).func)
        if kept == bool(never.fullmatch(path.removeprefix("/en/"))):
            wrong.append((path, "the device and the server disagree"))
        if kept and KEPT_FOR not in fields:
            wrong.append((path, "does not say whose it is"))
        if kept and SECRET & fields.keys():
            wrong.append((path, "a secret would be kept: never_kept"))
    assert not wrong


def sent_and_lost_then_sent_again(client: Client, form: Found) -> str:
    """What is wrong with it, in words. Everything is undone."""
    cookies, before, was = client.cookies.copy(), written(), in_session(client)
    with transaction.atomic():
        item = Item(official_of(client), form.path, form.fields)
        first = client.post(form.path, form.fields, headers={"Idempotency-Key": item.key})
        wrote = changed(before) or changed_in_session(client, was)
        once, was = written(), in_session(client)
        second = item.send(client)
        again = changed(once) or (first.get("Offline-Outcome") and was != in_session(client))
        transaction.set_rollback(True)
    client.cookies = cookies
    return judged(first, wrote, second, again)


def unlabelled(form: Found) -> list[str]:
    """What somebody types or chooses on this form, and would find without words when it needs them."""
    view, found = resolve(form.path).view_name, []
    for name, words in form.typed.items():
        parts = typed_in_words(OfflineItem(page=form.path, typed=urlencode({**form.fields, name: words})))
        if not any(row.label for part in parts for row in part.rows):
            found.append(f"{view}: {name}")
    return found


# Its rows are saved one by one, each under what it was written upon: what is right in them is saved, and the
# page says what is wrong in the others.
NOT_SAID = "written, and not said to be"
ROSTER = "/en/register/household/"


def sent_empty(client: Client, form: Found) -> str:
    """As if nothing had been typed or chosen: most views refuse it, by their page or by a redirect."""
    empty = {name: words if name in SHOWN else "" for name, words in form.fields.items()}
    cookies, before, was = client.cookies.copy(), written(), in_session(client)
    with transaction.atomic():
        item = Item(official_of(client), form.path, empty)
        answer = item.send(client)
        wrote = changed(before) or changed_in_session(client, was)
        transaction.set_rollback(True)
    client.cookies = cookies
    is_wrong = answer.get("Offline-Outcome") == "applied" and not wrote
    return "said to be applied when it was empty, and nothing was written" if is_wrong else ""


def judged(first: HttpResponse, wrote: Any, second: HttpResponse, again: Any) -> str:
    outcome = first.get("Offline-Outcome", "")
    if first.status_code >= 500:
        return f"fails: {first.status_code}"
    if outcome and not wrote:
        return "said to be applied, and nothing was written"
    if not outcome and wrote:
        return f"{NOT_SAID}: {wrote}"
    if outcome and (again or second.get("Offline-Outcome") != outcome):
        return f"written twice: {again}, {second.get('Offline-Outcome')}"
    return ""


def changed(before: dict[str, int]) -> set[str]:
    return {
        name for name, rows in written().items() if rows != before.get(name) and name != "offline_offlineitem"
    }


def changed_in_session(client: Client, was: dict[str, Any]) -> set[str]:
    now = in_session(client)
    return {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}


def in_session(client: Client) -> dict[str, Any]:
    return {name: value for name, value in client.session.items() if name not in ("_messages", "unsent")}


def test_every_form_is_applied_once_and_only_where_it_was_written(at_the_counter):
    wrong, applied = [], 0
    for form in list(forms_of(at_the_counter)):
        if is_kept(resolve(form.path).func):
            applied += 1
            why = sent_and_lost_then_sent_again(at_the_counter, form)
            if why and not (form.path == ROSTER and why.startswith(NOT_SAID)):
                wrong.append((form.path, sorted(form.fields), why))
            if why := sent_empty(at_the_counter, form):
                wrong.append((form.path, sorted(form.fields), why))
            if names := unlabelled(form):
                wrong.append((form.path, names, "no label in the list of what needs the official"))
    assert not wrong
    assert applied > 3


def test_what_comes_when_its_case_is_over_waits_for_the_official(case, commune_clerk):
    """Every form of the case: it changes nothing, and nothing that was typed is lost."""
    forms = [one for one in forms_of(case) if is_kept(resolve(one.path).func)]
    end_open_assisted_session(official=commune_clerk, end="idle")
    wrong = []
    for form in forms:
        if getattr(resolve(form.path).func, "acting_checks", ""):
            continue
        before = written()
        item = Item(commune_clerk, form.path, form.fields)
        answer = item.send(case)
        kept = OfflineItem.objects.get(pk=item.key)
        if answer.get("Offline-Outcome") != "needs_you" or changed(before) or kept.typed is None:
            wrong.append((form.path, answer.get("Offline-Outcome"), changed(before)))
    assert not wrong
    assert len(forms) > 10


def test_a_visit_that_comes_late_overwrites_no_colleagues(village_day, other_clerk, commune_clerk):
    """It was written down without a line; a colleague went there meanwhile."""
    visit = HouseholdVisit.objects.get(taken_by=other_clerk)
    item = Item.written(
        village_day, other_clerk, f"/en/counter/visits/{visit.pk}/", {"outcome": "nobody", "note": "ទ្វារ"}
    )
    written = {"outcome": "visited", "visited_by": commune_clerk, "visited_at": timezone.now()}
    HouseholdVisit.objects.filter(pk=visit.pk).update(taken_until=None, **written)
    answer = item.send(village_day)
    assert not answer.has_header("Offline-Outcome")
    assert "ទ្វារ" in answer.content.decode()
    visit.refresh_from_db()
    assert (visit.outcome, visit.visited_by) == ("visited", commune_clerk)
