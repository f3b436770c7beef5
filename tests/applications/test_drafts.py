"""A programme that is not published takes no part in anything."""

import pytest

from registry.models import Programme
from tests.applications.helpers import sign_in


@pytest.fixture
def draft(operators):
    return Programme.objects.create(code="new", operator=operators["nssf"], name_en="New", state="draft")


@pytest.mark.parametrize("language", ["km", "en"])
def test_no_document_is_asked_for_it(draft, person, sokha, language):
    address = f"/{language}/documents/application-draft/{person.pk}-{draft.pk}/"
    assert sign_in(sokha).get(address).status_code == 404


def test_nobody_applies_for_it(draft, person, sokha):
    assert sign_in(sokha).get("/en/apply/new/").status_code == 404
