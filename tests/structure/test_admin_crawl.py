"""Every link of every page of the admin leads to a page that works, for each kind of staff."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.db.models import ForeignKey

from dsp_platform.accounts.models import ADMIN_ROLES
from dsp_platform.admin.roles import RoleAdmin
from tests.admin_crawl import walk

LANGUAGES = ("km", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_admin_works(staff_clients, language):
    broken, seen = [], 0
    for who, client in staff_clients.items():
        for address, answer in walk(client, language):
            seen += 1
            good = answer.status_code == 200 and "e=1" not in address
            if not good and not (answer.status_code in (301, 302) and "e=1" not in answer["Location"]):
                broken.append(f"{who}: {address} {answer.status_code}")
    assert seen > 50
    assert not broken, "\n".join(broken)


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
