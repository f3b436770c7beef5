import uuid

import pytest
from django.utils import translation

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from grievances import services
from registry.registration.services import register_household
from tests.applications.helpers import details
from tests.built_once import built_once


@pytest.fixture(autouse=True)
def in_khmer():
    """Not the language that an earlier test's page left active."""
    with translation.override("km"):
        yield


@built_once
def person(areas, operators, sokha):
    register_household(actor=sokha, details=details())
    return sokha.person


@pytest.fixture
def clerk_assisted_session(commune_clerk, person):
    return open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="grievance", consent_text="read out"
    )


@pytest.fixture
def tell(db):
    """Report something; anonymously by default."""

    def telling(actor=None, assisted_session=None, submission=None, **values):
        return services.report_grievance(
            actor=actor,
            assisted_session=assisted_session,
            submission=submission or uuid.uuid4(),
            details=services.Details(**{"category": "payment", "text": "ប្រាក់មិនមកដល់", **values}),
            language="km",
        )

    return telling
