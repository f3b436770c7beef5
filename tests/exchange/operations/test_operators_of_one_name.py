"""One institution may run several systems: every list and select box distinguishes them."""

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from dsp_platform.audit.actions import subject_label
from dsp_platform.exchange.models import Agreement, Operator
from grievances.forms import HandleForm
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
NAMES = ["NSSF – Health", "NSSF – Pensions"]


@pytest.fixture
def two(db):
    for code, system in (("nssf-h", "Health"), ("nssf-p", "Pensions")):
        operator = Operator.objects.create(code=code, name_km="NSSF", name_en="NSSF", system=system)
        Agreement.objects.create(
            operator=operator, kind="person", fields=["spid"], concerns="rule", rule="true",
            basis="law", legal_reference="x", purpose="x", valid_from=date(2026, 1, 1),
        )  # fmt: skip


def test_without_a_system_the_name_is_enough():
    assert str(Operator(code="x", name_km="អង្គការ", name_en="One")) in ("អង្គការ", "One")


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_list_of_agreements_tells_them_apart(two, steward, language):
    html = browser(steward).get(f"/{language}/admin/exchange/agreement/").content.decode()
    assert sorted(re.findall(r"field-operator[^>]*>(?:<a[^>]*>)?([^<]+)<", html)) == NAMES


def test_who_passes_a_grievance_on_tells_them_apart(two):
    with translation.override("en"):
        choices = HandleForm.base_fields["operator"].choices
        assert [str(label) for _code, label in choices][1:] == NAMES


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_reports_a_grievance_tells_them_apart(two, language):
    client = Client()
    for step, answers in (("", {"category": "payment"}), ("what/", {"text": "ប្រាក់មិនមកដល់"})):
        client.post(f"/{language}/grievances/report/{step}", answers)
    html = client.get(f"/{language}/grievances/report/where/").content.decode()
    assert all(name in html for name in NAMES)


KINDS = {"km": "បុគ្គល", "en": "person"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_an_agreement_is_named_in_words(two, steward, language):
    agreement = Agreement.objects.get(operator="nssf-h")
    with translation.override(language):
        assert str(agreement).startswith(f"NSSF – Health, {subject_label('person')}")
        assert subject_label("person").casefold() == KINDS[language]
    staff_client = browser(steward)
    for page in ("", f"{agreement.pk}/change/", "add/"):
        html = staff_client.get(f"/{language}/admin/exchange/agreement/{page}").content.decode()
        shown = re.findall(r">\s*(person|household|application)\s*<", html)
        assert language == "en" or not shown
