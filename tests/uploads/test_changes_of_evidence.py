"""A change is not decided from a page that was loaded before its documents changed."""

import pytest

from dsp_platform.casework.errors import Overtaken
from dsp_platform.uploads import services as uploads
from registry.changes.evidence import CHANGE
from registry.models import ChangeRequest
from tests.registry.changes.cast import BABY, ask, decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def birth(person, sokha):
    return ask(sokha, "birth", **BABY)


def again(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=request.pk)


def test_a_page_from_before_a_document_could_be_read_decides_nothing(birth, send, commune_clerk):
    send(kind=CHANGE, key=str(birth.pk))
    with pytest.raises(Overtaken):
        decide(birth, commune_clerk)
    assert decide(again(birth), commune_clerk).state == "applied"


def test_a_page_from_before_a_document_was_removed_decides_nothing(birth, send, sokha, commune_clerk):
    upload = send(kind=CHANGE, key=str(birth.pk))
    seen = again(birth)
    uploads.remove(actor=sokha, assisted_session=None, upload=upload)
    with pytest.raises(Overtaken):
        decide(seen, commune_clerk)


def test_a_document_that_could_not_be_read_changes_nothing(birth, send, commune_clerk):
    send(b"%PDF-1.4 not a document", kind=CHANGE, key=str(birth.pk))
    assert again(birth).version == birth.version
