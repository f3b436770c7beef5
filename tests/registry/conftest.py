from datetime import date

import pytest

from dsp_platform.accounts.models import Case
from dsp_platform.exchange.models import Agreement
from registry.models import Programme
from tests.registry.cast import CONSENT
from tests.roles import as_owner


@pytest.fixture
def case(commune_clerk):
    return Case.objects.create(official=commune_clerk, reason="register", consent_text=CONSENT)


@pytest.fixture
@as_owner()  # nobody else puts one in that is in force already
def agreements(operators):
    """NSSF is told of the old, IDPoor of everybody; both with consent."""
    both = [("nssf", "person", "age >= 60"), ("idpoor", "person", "true"), ("idpoor", "household", "true")]
    for operator, kind, rule in both:
        key = "spid" if kind == "person" else "household_number"
        Agreement.objects.create(
            operator=operators[operator],
            kind=kind,
            fields=[key, "village_code", "poverty_level"],
            mapping={"key": {"field": key, "column": "number"}},
            concerns="rule",
            rule=rule,
            basis="consent",
            purpose="tests",
            state="approved",
            valid_from=date(2026, 1, 1),
        )
    return {(agreement.operator_id, agreement.kind): agreement for agreement in Agreement.objects.all()}


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
def family_package(operators):
    return Programme.objects.create(
        code="family-package",
        operator=operators["family_package"],
        name_km="កញ្ចប់គ្រួសារ",
        name_en="Family Package",
        summary_km="ឧបត្ថម្ភសាច់ប្រាក់",
        state="open",
        rule='poverty_level in ["level1", "level2"]',
    )
