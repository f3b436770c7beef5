"""What reviewers, officials and citizens ask of the desks, each time about somebody else."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from applications.models import Application
from benchmarks._desks_filled import members_of_districts, reviewers, staff
from benchmarks._names import MISTAKEN
from dsp_platform.accounts.models import Duty, TOTPDevice, User
from dsp_platform.casework.models import WorkItem
from dsp_platform.database import roles as database_roles
from grievances.models import Grievance
from registry.models import Consent, Membership, Person, Programme

# It holds households and persons: no other operator's queue reads more.
OPERATOR = "family_package"
CLERKS, ROWS = 12, 10
Request = dict[str, str]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    browser: Client
    """Of the first request."""
    requests: list[Request]


def pages(size: int, asked: int) -> Iterator[Page]:
    """``asked``: how often each is; of a few of them less often, in a small registry."""
    chance = random.Random(size)
    yield from _of_reviewers(chance, asked)
    yield from _of_officials(chance, asked)
    yield from _searches_of_counter(chance, size, asked)
    yield _rows_of_roster(chance, asked)
    yield _submits(chance, size, asked)


def _of_reviewers(chance: random.Random, asked: int) -> Iterator[Page]:
    user = reviewers(OPERATOR)[0]
    reviewer = _signed_in(user)
    yield Page("home", reviewer, [_get(reviewer, reverse("admin:index"))] * asked)
    for kind, path, rows in (
        ("application", "admin:applications_application", Application.objects.filter(operator=OPERATOR)),
        ("grievance", "admin:grievances_grievance", Grievance.objects.filter(team__operator=OPERATOR)),
    ):
        queue = reverse(f"{path}_changelist")
        yield Page(f"{kind}_queue", reviewer, [_get(reviewer, queue)] * asked)
        is_open = rows.filter(state__in=rows.model.OPEN_STATES)
        cases = _some(chance, list(is_open.values_list("pk", flat=True)), asked)
        urls = (reverse(f"{path}_change", args=[pk]) for pk in cases)
        yield Page(f"{kind}_page", reviewer, [_get(reviewer, url) for url in urls])
        whose = list(_shown(rows).select_related("person")[: 10 * asked])
        fields = _fields_of(reviewer, queue)
        for key, words in _words_of(_some(chance, whose, asked)).items():
            found = [_post(reviewer, queue, {**fields, "q": word}) for word in _in_turn(words, asked)]
            yield Page(f"{kind}_search_by_{key}", reviewer, found)
    supervisor = staff("supervisor", role="reviewer", operator_code=OPERATOR, duty=Duty.SUPERVISOR)
    browser, load = _signed_in(supervisor), reverse("admin:applications_application_load")
    yield Page("load", browser, [_get(browser, load)] * asked)


def _shown(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Of applicants only those that the operator may be shown."""
    consented = Consent.objects.filter(operator_code=OPERATOR).values("given_by")
    return rows.filter(person__in=consented) if rows.model is Application else rows


def _words_of(rows: Sequence[WorkItem]) -> dict[str, list[str]]:
    persons: list[Person] = [row.person for row in rows]  # type: ignore[attr-defined]
    return {
        "reference": [row.reference for row in rows],
        "spid": [one.spid for one in persons],
        "name": [one.name for one in persons],
        "phone": _phones(persons) or ["+85512000000"],
    }


def _phones(persons: Sequence[Person]) -> list[str]:
    """Of the heads of their households."""
    homes = Membership.objects.filter(person__in=persons).values("household")
    heads = Membership.objects.filter(household__in=homes, relationship=Membership.Relationship.HEAD)
    return list(heads.exclude(person__phone="").values_list("person__phone", flat=True))


def _of_officials(chance: random.Random, asked: int) -> Iterator[Page]:
    """Their desk of grievances."""
    team, official = members_of_districts()[0]
    browser, desk = _signed_in(official), reverse("grievances:desk")
    yield Page("officials_queue", browser, [_get(browser, desk)] * asked)
    own = Grievance.objects.filter(team=team, state__in=Grievance.OPEN_STATES)
    references = _some(chance, list(own.values_list("reference", flat=True)), asked)
    urls = (reverse("grievances:desk_grievance", args=[one]) for one in references)
    yield Page("officials_page", browser, [_get(browser, url) for url in urls])
    fields = _fields_of(browser, desk)
    found = [_post(browser, desk, {**fields, "reference": one}) for one in references]
    yield Page("officials_search", browser, found)


def _searches_of_counter(chance: random.Random, size: int, asked: int) -> Iterator[Page]:
    """By several clerks of a commune: one may search 500 times a day."""
    commune = Person.objects.get(pk=chance.randint(1, size)).village_id[:6]
    counter = reverse("registry:counter")
    clerks = [_signed_in(clerk) for clerk in _clerks(commune)]
    yield Page("counter", clerks[0], [_get(clerk, counter) for clerk in _in_turn(clerks, asked)])
    fields = [_fields_of(clerk, counter) for clerk in clerks]
    own = list(Person.objects.filter(village__parent=commune)[: 4 * asked])
    sought = {
        "spid": [one.spid for one in own],
        "name": [one.name for one in own],
        "near_name": [near for one in own if (near := _misheard(one.name))],
        "phone": [one.phone for one in own if one.phone],
    }
    for key, words in sought.items():
        found = [
            _post(clerks[number % len(clerks)], counter, {**fields[number % len(clerks)], "query": word})
            for number, word in enumerate(_some(chance, words, asked))
        ]
        yield Page(f"counter_search_by_{key}", clerks[0], found)


def _misheard(name: str) -> str:
    places = [place for place, letter in enumerate(name) if letter in MISTAKEN and place]
    return name[: places[0]] + MISTAKEN[name[places[0]]] + name[places[0] + 1 :] if places else ""


def _clerks(commune: str) -> list[User]:
    names = (f"clerk.{commune}.{number}" for number in range(CLERKS))
    return [staff(name, role="official", area_code=commune) for name in names]


def _rows_of_roster(chance: random.Random, asked: int) -> Page:
    """Rows of new households, as the script of the page saves them: at each desk one after the other."""
    village = chance.choice(list(Person.objects.values_list("village", flat=True)[:1000]))
    path, desks = reverse("registry:roster"), []
    for clerk in _clerks(village[:6]):
        browser = _signed_in(clerk)
        _begin_household(browser)
        fields = _fields_of(browser, path)
        desks.append((browser, {name: fields[name] for name in fields if not name.startswith("m")}))
    requests = [
        {**_post(browser, path, {**fields, **_row(number, village)}), "accept": "application/json"}
        for number in range(1, ROWS + 1)
        for browser, fields in desks
    ]
    return Page("roster_row", desks[0][0], requests[:asked])


def _begin_household(browser: Client) -> None:
    counter, opened = reverse("registry:counter"), reverse("registry:counter_open")
    consent = reverse("registry:register_question", args=["consent"])
    fields = _fields_of(browser, counter)
    browser.post(counter, {**fields, "query": "nobody of this name"})
    browser.post(counter, {**fields, "new": "yes"})
    browser.post(opened, {**_fields_of(browser, opened), "reason": "register", "agree": "on"})
    browser.post(consent, _fields_of(browser, consent))


def _row(number: int, village: str) -> dict[str, str]:
    relationship = {"phone": ""} if number == 1 else {"relationship": "relative"}
    row = {
        "row": str(uuid4()), "family_name": "សុខ", "given_name": "វុទ្ធី", "sex": "male",
        "born": f"1/{number}/1990", "document_type": "none", **relationship,
    }  # fmt: skip
    place = {"village_code": village, "address": "", "window": "w1"}
    return {**place, **{f"m{number}-{name}": value for name, value in row.items()}}


def _submits(chance: random.Random, size: int, asked: int) -> Page:
    """Citizens who press the button of an application, each once."""
    programme = Programme.objects.filter(state="open", takes_applications=True).earliest("pk")
    never = Person.objects.exclude(applications__programme=programme).filter(account=None, died_on=None)
    people = list(never.filter(pk__in=chance.sample(range(1, size + 1), min(3 * asked, size)))[:asked])
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
    return Page("submit", browsers[0], requests)


def _some(chance: random.Random, things: Sequence[Thing], asked: int) -> list[Thing]:
    """So many in any order; of fewer some are asked for again."""
    shuffled = chance.sample(things, len(things))
    return list(islice(_in_turn(shuffled, asked), asked))


def _in_turn(things: Sequence[Thing], asked: int) -> Iterator[Thing]:
    return (things[number % len(things)] for number in range(asked))


def _get(browser: Client, path: str) -> Request:
    return {"path": path, "cookie": browser.cookies.output(header="", attrs=[], sep=";").strip()}


def _post(browser: Client, path: str, fields: dict[str, str]) -> Request:
    return {**_get(browser, path), "body": urlencode(fields)}


class _Fields(HTMLParser):
    """Those of a form, as a browser that changes nothing would send them; what is to be ticked is ticked, and
    the first of several is chosen where none is."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self.found = {}
        elif tag == "input" and has.get("name"):
            name, kind = str(has["name"]), has.get("type")
            if kind != "radio" or "checked" in has or name not in self.found:
                self.found[name] = has.get("value") or ("on" if kind == "checkbox" else "")


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
