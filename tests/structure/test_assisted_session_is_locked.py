"""A service acts for a person only in the assisted session that is open now, for the person of that assisted
session.
"""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from applications.services import submit_application
from dsp_platform.accounts.assisted_sessions.services import end_assisted_session, open_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.uploads import services as uploads
from grievances import services as grievances
from registry.changes.drafts import save_change_draft
from registry.changes.kinds import KINDS
from registry.changes.services import ask_change
from registry.consents.services import give_consent, withdraw_consent
from registry.consents.sheets import make_sheet
from registry.models import Programme
from registry.phones.replacements.services import ask_replacement, open_account
from registry.registration.drafts import save_draft
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.roles import as_owner


@built_once
def family(areas, operators, sokha):
    return register_household(actor=sokha, details=household_details())


@built_once
def neighbours(areas, operators, commune_clerk):
    return register_household(
        actor=commune_clerk, details=household_details(person_details(family_name="ជា"))
    )


@pytest.fixture
def assisted_session(family, sokha, commune_clerk):
    return open_assisted_session(
        official=commune_clerk, subject_id=sokha.person.pk, reason="check", consent_text="read out"
    )


@pytest.fixture
def services(assisted_session, family, sokha, commune_clerk, operators):
    """Each with the assisted session as it was when the request began."""
    who = {"actor": commune_clerk, "assisted_session": assisted_session}
    consent = {"operator_code": "idpoor", "purpose": "p", "text": "t", "language": "km"}
    with as_owner():
        programme = Programme.objects.create(
            code="h", operator=operators["nssf"], name_km="h", state="open", takes_applications=True
        )
    details = grievances.Details(category="payment", text="x")
    saved = {"owner": commune_clerk, "assisted_session": assisted_session, "answers": {}}
    return {
        "give": lambda: give_consent(
            household=family, given_by=sokha.person, **consent, **who
        ),
        "sheet": lambda: make_sheet(texts=["read out"], language="km", **who),
        "withdraw": lambda: withdraw_consent(household=family, operator_code="", **who),
        "register": lambda: register_household(details=household_details(), **who),
        "draft": lambda: save_draft(**saved),
        "draft of a change": lambda: save_change_draft(kind="phone", **saved),
        "change": lambda: ask_change(kind=KINDS["phone"], answers={}, **who),
        "apply": lambda: submit_application(
            person=sokha.person, programme=programme, consent=True, **who
        ),
        "report": lambda: grievances.report_grievance(
            submission=uuid4(), details=details, language="km", **who
        ),
        "account": lambda: open_account(
            official=commune_clerk,
            assisted_session=assisted_session, person=sokha.person, phone="+85516000009", document="x"
        ),
        "phone": lambda: ask_replacement(
            official=commune_clerk,
            assisted_session=assisted_session, person=sokha.person, phone="+85516000009", reason="",
            document="",
        ),
        "upload": lambda: uploads.add(
            kind="application-draft", key=f"h-{sokha.person.pk}", title="t", name="n", content=b"x", **who
        ),
    }  # fmt: skip


def test_nothing_is_done_in_an_assisted_session_that_ended_since_the_request_began(
    services, assisted_session
):
    stale = AssistedSession.objects.get(pk=assisted_session.pk)
    end_assisted_session(assisted_session=stale, end=AssistedSession.End.CLOSED)
    for service in services.values():
        with pytest.raises(PermissionDenied):
            service()


def test_the_assisted_session_of_one_household_gives_no_consent_of_another(
    assisted_session, neighbours, commune_clerk
):
    head = neighbours.memberships.get().person
    with pytest.raises(PermissionDenied):
        give_consent(
            household=neighbours, given_by=head, operator_code="idpoor", purpose="p", text="t",
            language="km", actor=commune_clerk, assisted_session=assisted_session,
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        withdraw_consent(
            household=neighbours, operator_code="", actor=commune_clerk, assisted_session=assisted_session
        )
