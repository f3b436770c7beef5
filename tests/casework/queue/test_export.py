"""What a queue shows, as a workbook."""

import io
import re

import pytest
from python_calamine import load_workbook

from applications.review import held
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.assignment import MINE
from dsp_platform.casework.queue.tabs import DECIDED, LEAVING, TABS, WAITING
from registry.models import Person
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.casework.test_unread import make_relative
from tests.roles import as_owner

EXPORT = "admin:applications_application_export"


def export(user, filters: str = "tab=to_decide", language: str = "en", **posted: str):
    return sign_in(user).post(
        address(EXPORT, language=language),
        {"reason": "report", **posted},
        query_params={"_changelist_filters": filters},
    )


def rows(answer) -> list[list[str]]:
    return load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def put_into(tab: str, kind) -> None:
    """The item, where it is to be in this tab."""
    is_application = kind.page.startswith("admin:applications")
    in_tab = {
        MINE: {"assignee": kind.first},
        WAITING: {"state": "more_asked"},
        DECIDED: {"state": "approved" if is_application else "resolved"},
    }
    values = {"assignee": None, "state": kind.item.state, **in_tab.get(tab, {})}
    type(kind.item).objects.filter(pk=kind.item.pk).update(**values)
    if tab == LEAVING:
        held.hold(application=kind.item, decision="ask_more", actor=kind.first, expected_version=1, note="?")


@pytest.mark.parametrize("kind", ["application", "grievance"], indirect=True)
def test_each_tab_and_its_file_hold_the_same(kind):
    def both(query: str) -> tuple[list[str], list[str]]:
        page = browser.get(url + query)
        exported = rows(browser.post(page.context["export_url"], {"reason": "report"}))[1:]
        return [one.reference for one in page.context["cl"].result_list], [one[0] for one in exported]

    browser, url, own = sign_in(kind.first), address(kind.lists[0], language="en"), [kind.item.reference]
    tabs = [re.search(r"tab=(\w+)", one.link)[1] for one in browser.get(url).context["tabs"]]
    assert {*TABS} - {*tabs} <= {LEAVING}
    for tab in sorted(tabs, key=LEAVING.__eq__):
        put_into(tab, kind)
        assert both(f"?tab={tab}") == (own, own), tab
        listed, exported = both(f"?tab={tab}&due=late")
        assert listed == exported, tab


def test_what_a_search_finds_goes_into_no_file(application, nssf_reviewer):
    url = address("admin:applications_application_changelist", language="en")
    browser = sign_in(nssf_reviewer)
    assert "queue-export" in browser.get(url).content.decode()
    page = browser.post(url, {"q": application.reference}).content.decode()
    assert application.reference in page
    assert "queue-export" not in page


@pytest.mark.parametrize(("language", "heading"), [("km", "លេខយោង"), ("en", "Reference")])
def test_it_holds_the_rows_of_the_tab_and_is_audited(application, person, nssf_reviewer, language, heading):
    headings, row = rows(export(nssf_reviewer, language=language))
    assert headings[0] == heading
    assert row[0] == application.reference
    assert person.name in row
    assert len(rows(export(nssf_reviewer, "tab=decided"))) == 1
    noted = AuditEvent.objects.filter(action="export_list", actor=nssf_reviewer).first()
    assert (noted.reason, noted.details) == ("report", {"rows": 1})
    taken = AuditEvent.objects.filter(action="exported", actor=nssf_reviewer)
    assert set(taken.values_list("subject_kind", "subject_id")) == {
        ("application", application.pk), ("person", person.pk),
    }  # fmt: skip


def test_no_cell_is_a_formula(application, person, nssf_reviewer):
    with as_owner():
        Person.objects.filter(pk=person.pk).update(family_name="=1+1", given_name="")
    answer = export(nssf_reviewer)
    assert "=1+1" in rows(answer)[1]
    assert load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1].count("=1+1") == 1


def test_nothing_of_kin_and_nothing_of_other_operators(
    application, person, household, nssf_reviewer, second_nssf_reviewer, family_package_reviewer
):
    make_relative(nssf_reviewer, household.memberships.exclude(person=person).get().person)
    assert person.name in rows(export(second_nssf_reviewer))[1]
    assert person.name not in rows(export(nssf_reviewer))[1]
    assert len(rows(export(family_package_reviewer))) == 1


def test_not_without_a_reason(application, nssf_reviewer):
    for reason in ("", "curiosity"):
        assert export(nssf_reviewer, reason=reason).status_code == 302
    assert sign_in(nssf_reviewer).get(address(EXPORT, language="en")).status_code == 302
    assert not AuditEvent.objects.filter(action="exported").exists()


def test_the_form_stands_under_the_list(application, nssf_reviewer):
    page = sign_in(nssf_reviewer).get(address("admin:applications_application_changelist", language="en"))
    action = f"{address(EXPORT, language='en')}?_changelist_filters=tab%3Dto_decide"
    assert f'formaction="{action}"' in page.content.decode()
