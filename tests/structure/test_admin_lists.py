"""The lists of the admin cannot be queried for more than they show."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import CharField, Field, Model, TextField
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dsp_platform.accounts.models import User
from dsp_platform.admin.lists import RestrictedChangeList
from dsp_platform.admin.roles import RoleAdmin
from dsp_platform.audit.models import AuditEvent

PAGES = admin.site._registry
OWN_LOOKUPS = ("", "__exact", "__startswith", "__regex", "__in", "__isnull", "__gt")
HOPS = ("__pk__in", "__id__exact", "__isnull", "__regex", "__gte")
# The parameters that filter each list. A new filter, or a new list, needs its row.
FILTERS = {
    "accounts.User": "is_active role spid_noted",
    "applications.Application": "colleague due programme state",
    "approval.Proposal": "state",
    "audit.AuditEvent": "action at subject_kind",
    "audit.Retention": "",
    "exchange.Agreement": "kind operator state",
    "exchange.Attempt": "kind operator outcome",
    "exchange.Incident": "code operator",
    "exchange.LedgerEntry": "kind operator reason state",
    "exchange.Operator": "",
    "exchange.StatusReport": "kind operator state",
    "grievances.Grievance": "category colleague due state",
    "grievances.RoutingRule": "category",
    "grievances.Team": "kind",
    "jobs.Job": "state",
    "notifications.Budget": "",
    "notifications.CircuitBreaker": "",
    "notifications.Message": "created_at provider state template",
    "registry.Area": "level",
    "registry.ChangeRequest": "assignee state",
    "registry.CoverageCount": "",
    "registry.Deceased": "",
    "registry.DuplicateCase": "identical state",
    "registry.Enrolment": "",
    "registry.HouseholdHistory": "",
    "registry.ImportRun": "source state",
    "registry.ImportSource": "",
    "registry.LifeSituation": "",
    "registry.Merge": "",
    "registry.Person": "",
    "registry.PersonHistory": "",
    "registry.Programme": "",
    "registry.ProgrammeQuestion": "",
    "registry.RareFact": "",
    "registry.SourceConflict": "",
    "registry.UnusualAction": "",
    "working_days.DecreedDay": "rule",
}
ORDERS = ("0.99.abc.-.-1." + "9" * 30, "-1.2.-3.4.5.6.7.8.9.10.11.12.13")


def list_of(model: type[Model]) -> str:
    with translation.override("km"):
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def seen_lists(staff_clients: dict[str, Client]) -> Iterator[tuple[str, Client, type[Model], RoleAdmin]]:
    """Each list that each member of staff may open; fails if those of most tables were opened by nobody."""
    seen = set()
    for who, client in staff_clients.items():
        for model, page in PAGES.items():
            answer = client.get(list_of(model))
            if answer.status_code == 200 and answer.context.get("cl"):
                seen.add(model)
                yield who, client, model, page
    assert len(seen) > 15


def guesses(model: type[Model]) -> Iterator[str]:
    """Every field of the row, and one field of every related row, in each direction."""
    for field in model._meta.get_fields():
        name = field.name if isinstance(field, Field) else field.get_accessor_name() and field.name
        yield from (f"{name}{lookup}" for lookup in OWN_LOOKUPS)
        if field.related_model is not None:
            theirs = field.related_model._meta.get_fields()
            words = [one.name for one in theirs if isinstance(one, CharField | TextField)]
            yield from (f"{name}{lookup}" for lookup in HOPS)
            yield from (f"{name}__{word}__{lookup}" for word in words for lookup in ("regex", "startswith"))
            for further in theirs:
                if further.related_model is not None:
                    yield f"{name}__{further.name}__pk__in"


def offered(page: RoleAdmin) -> set[str]:
    """The parameters of its filters and its date hierarchy."""
    found = {f"{page.date_hierarchy}__{part}" for part in ("year", "month", "day")}
    for entry in page.list_filter:
        if isinstance(entry, type):
            found.add(entry.parameter_name)
            continue
        path = entry[0] if isinstance(entry, tuple) else entry
        to = page.model._meta.get_field(path).related_model
        key = f"{path}__{to._meta.pk.name}" if to else path
        found |= {path, f"{key}__exact", f"{path}__isnull"}
    return found


def filter_names(page: RoleAdmin) -> Iterator[str]:
    for entry in page.list_filter:
        yield entry.parameter_name if isinstance(entry, type) else path_of(entry)
    if page.date_hierarchy:
        yield page.date_hierarchy


def path_of(entry: str | tuple[str, type]) -> str:
    return entry if isinstance(entry, str) else entry[0]


def rows(client: Client, address: str, **posted: str) -> list[object]:
    answer = client.post(address, posted) if posted else client.get(address)
    assert answer.status_code == 200, address
    return [row.pk for row in answer.context["cl"].result_list]


def test_a_list_is_narrowed_down_by_what_it_offers_only(staff_clients):
    read, tried = [], 0
    for who, client, model, page in seen_lists(staff_clients):
        request = client.get(list_of(model)).wsgi_request
        refused = sorted(set(guesses(model)) - offered(page))
        # Django checks every parameter with this; over HTTP one by one it would take minutes.
        passed = [one for one in refused if page.lookup_allowed(one, "1", request)]
        read += [f"{who}: {model.__name__} {one}" for one in passed]
        tried += len(refused)
        for guess in (refused[0], refused[-1]):
            assert client.get(f"{list_of(model)}?{guess}=1").status_code == 400, guess
    assert tried > 1000
    assert not read, "\n".join(read[:20])


@pytest.mark.parametrize(
    "guess",
    [
        "applications/application/?programme__operator__agreements__drafted_by__usersession__session_key__regex=a",
        "applications/application/?programme__id__exact__gt=1",
        "accounts/user/?role__regex=s",
        "audit/auditevent/?at__year__regex=2",
        "audit/auditevent/?at__hour=2",
    ],
)
def test_the_way_on_from_an_offered_filter_is_shut(staff_clients, guess):
    for client in staff_clients.values():
        assert client.get(f"/km/admin/{guess}").status_code in (400, 403)


@pytest.mark.parametrize(
    "part", ["year=9999", "year=0", "year=99999999999", "year=abc", "month=13", "day=" + "9" * 20]
)
def test_a_date_that_is_none_is_refused(staff_clients, part):
    assert staff_clients["steward"].get(f"/km/admin/audit/auditevent/?at__{part}").status_code == 400


@pytest.mark.parametrize("part", ["at__month=2", "at__day=2", "at__year=2026&at__day=2"])
def test_a_part_of_a_date_without_the_larger_one_is_refused(staff_clients, part):
    """The date hierarchy offers none, and it would read every row."""
    assert staff_clients["steward"].get(f"{list_of(AuditEvent)}?{part}").status_code == 400


APPLICATIONS = "/km/admin/applications/application/"


def test_what_a_filter_cannot_read_leads_back_to_the_list(staff_clients):
    for value in ("abc", "9" * 30, "-1", "1,2"):
        answer = staff_clients["reviewer nssf"].get(f"{APPLICATIONS}?programme__id__exact={value}")
        assert answer.status_code in (200, 302)
    none = f"{list_of(AuditEvent)}?at__year=2026&at__month=2&at__day=31"
    assert staff_clients["steward"].get(none)["Location"].endswith("?e=1")


def test_a_page_in_the_place_of_a_list_takes_nothing_that_it_does_not_offer(staff_clients):
    tried = 0
    for client in staff_clients.values():
        for model in PAGES:
            answer = client.get(list_of(model))
            if answer.status_code == 200 and not answer.context.get("cl"):
                tried += 1
                for guess in ("q=a", "_to_field=id", "id__startswith=1", "o=1"):
                    assert client.get(f"{list_of(model)}?{guess}").status_code == 400, guess
    assert tried


def test_every_filter_is_in_the_table():
    found = {model._meta.label: " ".join(sorted(filter_names(page))) for model, page in PAGES.items()}
    assert found == FILTERS


def orders_of(page) -> set[str]:
    """The fields behind computed columns."""
    columns = (getattr(page, str(one), None) for one in page.list_display)
    return {str(column.admin_order_field) for column in columns if hasattr(column, "admin_order_field")}


def test_a_filter_looks_at_what_the_list_shows():
    """Whoever may see the list learns no more about a row by filtering."""
    for model, page in PAGES.items():
        for entry in page.list_filter:
            if not isinstance(entry, type):
                assert path_of(entry) in {*page.list_display, *orders_of(page)}, f"{model}: {entry}"


def test_filters_find_what_they_say(staff_clients, filled):
    reviewer, waiting = staff_clients["reviewer nssf"], filled.application
    of_programme = f"programme__id__exact={waiting.programme_id}"
    assert rows(reviewer, f"{APPLICATIONS}?state=submitted") == [waiting.pk]
    assert rows(reviewer, f"{APPLICATIONS}?tab=decided&state=approved") == []
    assert rows(reviewer, f"{APPLICATIONS}?tab=unassigned&{of_programme}") == [waiting.pk]
    assert rows(staff_clients["steward"], "/km/admin/grievances/grievance/?tab=unassigned")


def test_the_order_is_that_of_columns_which_offer_it(staff_clients):
    for who, client, model, page in seen_lists(staff_clients):
        for order in ORDERS:
            cl = client.get(f"{list_of(model)}?o={order}").context["cl"]
            own = (*cl._get_default_ordering(), *cl.root_queryset.query.order_by)
            default = {str(one).lstrip("-") for one in own}
            used = {str(one).lstrip("-") for one in cl.queryset.query.order_by} - default - {"pk"}
            offered = set(cl.list_display) if page.sortable_by is None else set(page.sortable_by)
            beside = {name for name in used if not {name, re.sub("_(km|en)$", "", name)} & offered}
            assert not beside, f"{who}: {model.__name__} o={order} sorts by {beside}"


def test_a_search_looks_at_what_the_list_shows():
    """Searches in other fields are explained beside the search box."""
    for model, page in PAGES.items():
        if type(page).get_search_results is not admin.ModelAdmin.get_search_results:
            assert page.search_help_text, model
            continue
        for field in page.search_fields:
            told = field.split("__")[0] in page.list_display or page.search_help_text
            assert told, f"{model}: {field}"


def test_nothing_is_searched_for_in_an_address(staff_clients):
    forms = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
    for who, client, model, page in seen_lists(staff_clients):
        address = list_of(model)
        text = client.get(address).content.decode()
        by_address = [one for one in forms.findall(text) if 'method="post"' not in one.partition(">")[0]]
        assert not by_address, f"{who}: {address}"
        plain = client.get(address).context["cl"].result_count
        assert client.get(f"{address}?q=zzzz").context["cl"].result_count >= plain
        found = client.post(address, {"q": "zzzz"})
        links = re.findall(r'(?:href|action)="([^"]*)"', found.content.decode())
        assert not [link for link in links if "zzzz" in link]
        assert bool(page.search_fields) is ('name="q"' in text)


def test_a_search_keeps_its_filters_and_turns_its_pages(staff_clients, monkeypatch):
    monkeypatch.setattr(PAGES[User], "list_per_page", 2)
    address = f"{list_of(User)}?role__exact=reviewer"
    first = staff_clients["steward"].post(address, {"q": "walker"})
    page = first.content.decode()
    assert re.search(r'<button form="changelist-search" name="p" value="2">', page)
    assert 'action="?role__exact=reviewer"' in page
    second = staff_clients["steward"].post(address, {"q": "walker", "p": "2"})
    names = [row.username for answer in (first, second) for row in answer.context["cl"].result_list]
    assert names == ["walker.", "walker.idpoor", "walker.nssf"]


def test_nobody_is_looked_for_by_any_field_that_points_at_them(staff_clients):
    for client in staff_clients.values():
        for model in PAGES:
            pointing = [field.name for field in model._meta.get_fields() if field.related_model]
            where = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}"
            for name in pointing[:2]:
                answer = client.get(f"/km/admin/autocomplete/?{where}&field_name={name}&term=a")
                assert answer.status_code == 403, f"{model}.{name}"


def test_rows_are_known_by_their_number_only(staff_clients):
    for _who, client, model, page in seen_lists(staff_clients):
        others = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        assert not [name for name in others if page.to_field_allowed(None, name)]
        assert client.get(f"{list_of(model)}?_popup=1&_to_field={others[0]}").status_code == 400


def test_every_page_of_the_admin_asks_for_a_role():
    """Otherwise a superuser could read session keys and secrets of authenticator apps."""
    assert all(isinstance(page, RoleAdmin) for page in PAGES.values())
    assert all(issubclass(page.get_changelist(None), RestrictedChangeList) for page in PAGES.values())
