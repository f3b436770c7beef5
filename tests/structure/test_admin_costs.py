"""No list of the admin costs more than one page of it, however many rows its table has."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.filters import FieldListFilter
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dsp_platform.accounts.models import User
from dsp_platform.admin import lists as admin_lists
from dsp_platform.admin.keyset import KeysetChangeList
from dsp_platform.audit.models import AuditEvent
from registry.persons.admin import SearchFirst
from tests.roles import as_owner
from tests.structure.test_admin_lists import PAGES, list_of, seen_lists
from tests.structure.test_plans import SMALL

AUDIT = "/km/admin/audit/auditevent/"
BY_TIME = "SELECT id FROM audit_auditevent ORDER BY at DESC, id DESC LIMIT 50"
OF_ACTION = "SELECT at, actor_id FROM audit_auditevent WHERE action = 'act 7' AND at > '2026-11-01'"


def test_no_list_counts_all_its_rows():
    dear = [
        model._meta.label
        for model, page in PAGES.items()
        if page.show_full_result_count
        or page.show_facets is not admin.ShowFacets.NEVER
        or not issubclass(page.paginator, admin_lists.ShortPaginator)
    ]
    assert PAGES
    assert not dear


def test_counts_beside_the_filters_are_asked_for_in_vain(staff_clients):
    for _who, client, model, _page in seen_lists(staff_clients):
        with CaptureQueriesContext(connection) as plain:
            client.get(list_of(model))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"{list_of(model)}?_facets=True").content.decode()
        assert 'class="viewlink"' not in page
        assert len(asked) == len(plain), model


def test_a_list_is_turned_no_further_than_it_is_counted(staff_clients, monkeypatch):
    monkeypatch.setattr(admin_lists, "MAX_COUNTED", 3)
    monkeypatch.setattr(PAGES[User], "list_per_page", 2)
    last = staff_clients["steward"].get(f"{list_of(User)}?p=2")
    assert last.context["cl"].result_count == 3
    assert re.search(r"\b3\+", last.content.decode())
    assert staff_clients["steward"].get(f"{list_of(User)}?p=3")["Location"].endswith("?e=1")


# Tables that grow with the country: their lists are neither counted nor read by offset.
BY_KEY = {"applications.Application", "audit.AuditEvent", "grievances.Grievance"}


def test_lists_of_what_grows_with_the_country_are_paged_by_the_last_row(staff_clients, monkeypatch):
    found = {
        model._meta.label
        for model, page in PAGES.items()
        if issubclass(page.get_changelist(None), KeysetChangeList)
    }
    assert found == BY_KEY
    monkeypatch.setattr(PAGES[AuditEvent], "list_per_page", 2)
    browser, seen, link = staff_clients["auditor"], [], ""
    for _page in range(3):
        with CaptureQueriesContext(connection) as asked:
            shown = browser.get(AUDIT + link).context["cl"]
        assert not [one["sql"] for one in asked if "OFFSET" in one["sql"] or "SELECT COUNT" in one["sql"]]
        seen += [(row.at, row.pk) for row in shown.result_list]
        link = shown.next_link
    # Each look is recorded itself, and stands before what was seen.
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 6


def test_every_list_is_sorted_by_an_index(staff_clients):
    """Without one PostgreSQL would read a table for its first page. Small tables, and lists that show nothing
    until somebody is searched for, need none."""
    unsorted = []
    for who, client, model, page in seen_lists(staff_clients):
        rows = client.get(list_of(model)).context["cl"].queryset
        if model._meta.label in SMALL or isinstance(page, SearchFirst):
            continue
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            plan = rows[:50].explain()
            cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_sort = on")
        if re.search(r"^\W*Sort\s+\(cost", plan, re.MULTILINE):
            unsorted.append(f"{who}: {model._meta.label}\n{plan}")
    assert not unsorted, "\n".join(unsorted)


def test_dates_are_offered_without_reading_the_rows(staff_clients):
    """Django's own date hierarchy reads every row to find the years, months or days."""
    for query in ("", "?at__year=2026", "?at__year=2026&at__month=11"):
        with CaptureQueriesContext(connection) as asked:
            page = staff_clients["auditor"].get(f"{AUDIT}{query}")
        assert page.status_code == 200
        read = [one["sql"] for one in asked if re.search(r"DATE_TRUNC|MIN\(|MAX\(", one["sql"].upper())]
        assert not read, query


@pytest.mark.parametrize(("typed", "index"), [("walker.nssf", "actor_i"), ("12", "audit_subject")])
def test_a_search_of_the_audit_is_by_an_index(staff_clients, typed, index):
    request = staff_clients["auditor"].get(AUDIT).wsgi_request
    found, _double = PAGES[AuditEvent].get_search_results(request, AuditEvent.objects.all(), typed)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert index in found.explain()


@pytest.mark.parametrize("typed", ["១២", "12", "no such name", "9" * 40])
def test_a_search_of_the_audit_finds_what_it_says(staff_clients, auditor, typed):
    AuditEvent.objects.create(actor=auditor, action="view", subject_kind="person", subject_id=12)
    rows = staff_clients["auditor"].post(AUDIT, {"q": typed}).context["cl"].result_list
    assert {row.subject_id for row in rows} == ({12} if len(typed) == 2 else set())
    own = staff_clients["auditor"].post(AUDIT, {"q": auditor.username}).context["cl"].result_list
    assert {row.actor for row in own} == {auditor}


MANY = """
INSERT INTO audit_auditevent (at, action, subject_kind, subject_id, reason, details)
SELECT now() - number * interval '1 hour', 'act ' || number % 50, 'person', number, '', '{}'
FROM generate_series(1, 5000) AS number
"""


@pytest.mark.django_db
@pytest.mark.parametrize(("question", "index"), [(BY_TIME, "audit_by_time"), (OF_ACTION, "audit_of_action")])
def test_the_audit_is_read_by_an_index(question, index):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE audit_auditevent")
        cursor.execute(f"EXPLAIN {question}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan


def test_no_filter_reads_the_rows_for_what_it_offers(staff_clients):
    dear = (admin.RelatedOnlyFieldListFilter, admin.AllValuesFieldListFilter)
    request, seen = staff_clients["steward"].get(AUDIT).wsgi_request, 0
    for model, page in PAGES.items():
        for entry in page.list_filter:
            if isinstance(entry, str):
                field = model._meta.get_field(entry)
                spec: type = type(FieldListFilter.create(field, request, {}, model, page, field_path=entry))
            else:
                spec = entry[1] if isinstance(entry, tuple) else entry
            seen += 1
            assert not issubclass(spec, dear), f"{model.__name__}: {entry}"
    assert seen > 10
