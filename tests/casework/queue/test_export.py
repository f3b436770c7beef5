"""What a queue shows, as a workbook."""

import io

import pytest
from python_calamine import load_workbook

from dsp_platform.audit.models import AuditEvent
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
