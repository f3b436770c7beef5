"""An SPID that became an alias is understood wherever an SPID comes in."""

import ast
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.exchange.models import StatusReport
from registry.beneficiaries.enrolment import enrol
from registry.changes.apply.newcomer import person_of_spid
from registry.merging.services import merge
from registry.models import Enrolment, Person
from registry.persons.conflicts import own_person
from registry.persons.recognition import entries_of, recognise
from registry.persons.search import persons_of_number
from registry.persons.selectors import person_visible_to
from registry.persons.services import search_persons
from registry.records.entitlement_reasons import PersonExplainer
from registry.records.reports import handle_enrolment
from registry.registration.services import is_document_taken
from tests.packages import PACKAGES
from tests.registry.cast import household_details, person_details
from tests.structure.conftest import browser
from tests.structure.test_imports import name_of, sources, tree


class Case:
    """Maly, and an alias of hers."""

    def __init__(self, kept: Person, alias: Person, **others):
        self.kept, self.alias = kept, alias
        self.__dict__.update(others)


def registered_again(case: Case) -> bool:
    details = person_details(
        given_name="ម៉ាលី", born=case.kept.born, document_type="spid", document_number=case.alias.spid
    )
    case.kept.memberships.update(ended_on=date(2026, 11, 1))
    entries = entries_of(household_details(details), actor=None)
    with transaction.atomic():  # it locks whom it finds
        recognise(entries)
    return entries[0].person == case.kept


def enrolled(case: Case) -> bool:
    reported = StatusReport(
        operator=case.programmes["health"].operator,
        kind="enrolment",
        status="active",
        occurred_at=datetime(2026, 11, 5, tzinfo=UTC),
        subject=case.alias.spid,
        reference="1",
        values={"programme": "health"},
    )
    handle_enrolment(reported)
    return Enrolment.objects.get().person == case.kept


def is_taken(case: Case) -> bool:
    counter = AssistedSession.objects.create(official=case.other_clerk, reason="register", consent_text="x")
    return is_document_taken(
        actor=case.other_clerk,
        assisted_session=counter,
        document_type="spid",
        document_number=case.alias.spid,
    )


def searched_among_enrolments(case: Case) -> bool:
    enrol(person=case.kept, programme=case.programmes["health"], since=date(2026, 1, 1))
    page = browser(case.steward).post("/en/admin/registry/enrolment/", {"q": case.alias.spid})
    return case.kept.spid_grouped in page.content.decode()


def newcomer(case: Case) -> bool:
    answers = {
        "known": {"has_spid": "yes", "spid": case.alias.spid},
        "birth": {"born": case.kept.date_of_birth.isoformat()},
    }
    return person_of_spid(answers) == case.kept


def staff_of(case: Case) -> bool:
    case.commune_clerk.spid = case.alias.spid
    return own_person(case.commune_clerk) == case.kept


UNDERSTOOD: dict[str, Callable[[Case], bool]] = {
    "registry.persons.selectors": lambda case: (
        person_visible_to(case.other_clerk, case.alias.spid) == case.kept
    ),
    "registry.persons.services": lambda case: (
        case.kept in search_persons(official=case.other_clerk, query=case.alias.spid)
    ),
    "registry.persons.search": lambda case: case.kept.pk in persons_of_number(case.alias.spid),
    "registry.persons.conflicts": staff_of,
    "registry.persons.recognition": registered_again,
    "registry.registration.services": is_taken,
    "registry.changes.apply.newcomer": newcomer,
    "registry.records.reports": enrolled,
    "registry.beneficiaries.admin": searched_among_enrolments,
    "registry.records.entitlement_reasons": lambda case: PersonExplainer().find(case.alias.spid) is not None,
}
OTHERS = {
    "registry.claims.services": "tests/registry/claims/test_claim.py",
    "registry.models.person": "a constraint on its shape",
    "registry.identity.spid": "its shape",
    "registry.persons.validation": "its shape",
    "registry.persons.query_kinds": "its shape; whose it is: registry.persons.services",
    "registry.claims.forms": "its shape; whose it is: registry.claims.services",
    "registry.changes.forms": "its shape; whose it is: registry.changes.apply.newcomer",
    "registry.changes.services": "those told apart from a newcomer, by what the page was given",
    "registry.persons.alike": "of those found a moment before, never an alias",
    "registry.persons.admin": "sets it of a row that is shown",
    "registry.persons.earlier_numbers": "tests/registry/persons/test_earlier_numbers.py",
    "registry.duplicates.admin": "tests/registry/duplicates/test_desk.py",
    "registry.merging.admin": "tests/registry/merging/test_admin.py",
    "applications.who_may": "staff of whom nobody has noted one",
    "registry.officials.selectors": "officials of whom nobody has noted one",
    "dsp_platform.accounts.staff.account_list": "accounts by whether one is noted",
    "registry.changes.hearings.selectors": "of former answers, by the members and their aliases",
}


def takes_an_spid(node: ast.AST) -> bool:
    """Reads what was typed, or looks one up."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        looked_up = name in ("filter", "get", "Q", "exclude") and any(
            (one.arg or "").split("__")[0] == "spid" or "__spid" in (one.arg or "") for one in node.keywords
        )
        return looked_up or name == "clean_spid"
    return False


def test_every_place_that_takes_an_spid_is_known():
    found = {name_of(path) for path in sources(*PACKAGES) if any(map(takes_an_spid, ast.walk(tree(path))))}
    assert found - UNDERSTOOD.keys() - OTHERS.keys() == set()
    assert UNDERSTOOD.keys() - found == set()


@pytest.mark.django_db
@pytest.mark.parametrize("place", UNDERSTOOD)
def test_an_alias_is_understood(place, request, maly, other_maly, two):
    merge(kept=maly, merged=other_maly, **two)
    rows = Person.objects.in_bulk([maly.pk, other_maly.pk])
    names = ("programmes", "sokha", "steward", "other_clerk", "commune_clerk")
    others = {name: request.getfixturevalue(name) for name in names}
    case = Case(rows[maly.pk], rows[other_maly.pk], **others)
    assert UNDERSTOOD[place](case)
