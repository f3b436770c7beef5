"""The engine is tested on applications, with their cast, and on all kinds together."""

import uuid

import pytest

from applications import services as applications
from grievances import services as grievances
from registry.changes import services as changes
from tests.applications.conftest import application as application
from tests.applications.conftest import clerk_assisted_session as clerk_assisted_session
from tests.applications.conftest import household as household
from tests.applications.conftest import in_khmer as in_khmer
from tests.applications.conftest import nssf_agreements as nssf_agreements
from tests.applications.conftest import other_citizen as other_citizen
from tests.applications.conftest import other_programme as other_programme
from tests.applications.conftest import person as person
from tests.applications.conftest import programme as programme
from tests.casework.kinds import Case
from tests.grievances.conftest import tell as tell
from tests.registry.changes.cast import BABY, ask
from tests.registry.conftest import second_clerk as second_clerk


@pytest.fixture(params=["application", "grievance", "change"])
def kind(request, sokha, operators):
    """Each of the three kinds."""
    get = request.getfixturevalue
    reviewers = ("nssf_reviewer", "second_nssf_reviewer", "family_package_reviewer")
    match request.param:
        case "application":
            item, assignment, staff = get("application"), applications.assignment, reviewers
            page, lists = (
                "admin:applications_application_change",
                ("admin:applications_application_changelist",),
            )
        case "grievance":
            item = grievances.report_grievance(
                actor=None, assisted_session=None, submission=uuid.uuid4(), language="km",
                details=grievances.Details(category="payment", text="ប្រាក់", operator=operators["nssf"]),
            )  # fmt: skip
            assignment, staff = grievances.assignment, reviewers
            page, lists = "admin:grievances_grievance_change", ("admin:grievances_grievance_changelist",)
        case _:
            get("household")
            item, assignment = ask(sokha, "birth", **BABY), changes.assignment
            staff = ("commune_clerk", "second_clerk", "other_clerk")
            page, lists = "registry:counter_change", ("registry:counter_changes",)
    return Case(assignment, item, *map(get, staff), page, lists)


@pytest.fixture
def relative(person, household):
    """Another member of the household that all items are about."""
    return household.memberships.exclude(person=person).get().person


@pytest.fixture
def second_application(application, other_citizen, programme):
    """Of another household."""
    return applications.submit_application(
        actor=other_citizen,
        assisted_session=None,
        person=other_citizen.person,
        programme=programme,
        consent=True,
    )
