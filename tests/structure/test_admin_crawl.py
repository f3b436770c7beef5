"""For each kind of staff: every link of the admin leads to a page that works, and that is in one language."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.db.models import ForeignKey, Model
from django.http import HttpResponse
from django.test import Client

from dsp_platform.accounts.models import ADMIN_ROLES, User
from dsp_platform.admin.roles import RoleAdmin
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.models import CircuitBreaker
from grievances.models import Grievance, Team
from registry.models import Area, ImportRun, ImportSource, LifeSituation, Person, Programme, ProgrammeQuestion
from tests.admin_crawl import walk
from tests.crawl import is_page, read
from tests.structure.test_one_language import FOREIGN, foreign_words

LANGUAGES = ("km", "en")
# What people wrote and named is shown as it is, by those whose work it is.
WRITTEN: dict[type[Model], tuple[str, ...]] = {
    Agreement: ("mapping", "rule", "purpose_km", "purpose_en"),
    Area: ("name_km", "name_latin"),
    CircuitBreaker: ("name",),
    Grievance: ("text",),
    ImportRun: ("file_name",),
    ImportSource: ("code", "name_km", "name_en", "legal_basis", "mapping", "trust"),
    LifeSituation: ("code", "name_km", "name_en"),
    Operator: ("code",),
    Person: ("family_name", "given_name", "latin_family_name", "latin_given_name"),
    Programme: ("code", "name_km", "name_en", "summary_km", "summary_en"),
    ProgrammeQuestion: ("title_km", "title_en", "hint_km", "hint_en"),
    Team: ("name_km", "name_en"),
    User: ("username", "full_name"),
}
OTHERS = {
    *("three", "Third"),  # in a proposed account
    "console",  # the gateway of a message
}


def written(language: str) -> set[str]:
    texts = [
        str(getattr(row, name))
        for model, names in WRITTEN.items()
        for row in model.objects.all()
        for name in names
    ]
    texts += [name for name in sms_templates.registered() if name.startswith("tests.")]  # of other tests
    return {*FOREIGN[language].findall(" ".join(texts)), *OTHERS}


def is_of_a_bad_filter(address: str) -> bool:
    """Django leads there from a list whose parameters it cannot read."""
    return parse_qs(urlsplit(address).query).get("e") == ["1"]


def visits(
    who: str, client: Client, language: str, person: Person, **how: bool
) -> Iterator[tuple[str, HttpResponse]]:
    yield from walk(client, language, **how)
    if who == "steward":  # no link leads there, but a search, and then a reason
        for name in ("person", "enrolment"):
            address = f"/{language}/admin/registry/{name}/"
            yield f"{address} (searched)", client.post(address, {"q": person.spid})
        record = f"/{language}/admin/registry/person/{person.pk}/change/"
        yield record, client.get(record)
        yield f"{record} (with a reason)", client.get(record, {"reason": "question"})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_admin_works_and_is_in_one_language(staff_clients, sokha, language):
    broken, foreign, seen, as_written = [], [], 0, written(language)
    each_value = language == LANGUAGES[0]  # by which values a list can be filtered is the same in both
    for who, client in staff_clients.items():
        for address, answer in visits(who, client, language, sokha.person, each_value=each_value):
            seen += 1
            reached = answer["Location"] if answer.status_code in (301, 302) else address
            if answer.status_code not in (200, 301, 302) or is_of_a_bad_filter(reached):
                broken.append(f"{who}: {address} {answer.status_code}")
            # A filtered list has the words of the whole one.
            if is_page(answer) and "?" not in address:
                words = foreign_words(read(answer.content.decode(), language)) - as_written
                foreign += [f"{who}: {address} {sorted(words)}"] if words else []
    assert seen > 50
    assert not broken, "\n".join(broken)
    assert not foreign, "\n".join(foreign)


def test_every_row_of_the_admin_has_a_name():
    shown = [page.model for page in admin.site._registry.values()]
    shown += [inline.model for page in admin.site._registry.values() for inline in page.inlines]
    assert not [model.__name__ for model in shown if model.__str__ is Model.__str__]


def viewers(page: RoleAdmin) -> set[str]:
    return {*page.view_roles, *page.change_roles, *page.add_roles, *page.delete_roles}


def pages() -> Iterator[RoleAdmin]:
    """Pages rendered by Django; custom pages have the links of their template."""
    for page in admin.site._registry.values():
        if shown(page) or type(page).change_view is admin.ModelAdmin.change_view:
            yield page
        yield from (inline(page.model, admin.site) for inline in page.inlines)


def shown(page: RoleAdmin) -> set[str]:
    sections = [section["fields"] for _title, section in page.fieldsets or ()]
    return {str(name) for name in flatten([*(page.fields or ()), *flatten(sections)])}


def test_whoever_reads_a_row_may_open_what_its_fields_link_to():
    """Django links each of them whose model has an admin page, whatever the permissions of the user."""
    shut, tried = [], 0
    for page in pages():
        for field in page.model._meta.fields:
            target = admin.site._registry.get(field.related_model) if isinstance(field, ForeignKey) else None
            if target is None or (shown(page) and field.name not in shown(page)):
                continue
            # Users who may change the row get a select box instead, which Django links by permission.
            readers = viewers(page) - ({*page.change_roles} - {*page.readonly_fields})
            for role in readers & set(ADMIN_ROLES):
                tried += 1
                if role not in viewers(target):
                    shut.append(f"{role}: {page} {field.name}")
    assert tried
    assert not shut, "\n".join(shut)
