"""Who was born or moved in gets an SPID: the text message and the page of the request say it."""

import pytest

from dsp_platform.notifications.models import Message
from registry.changes.sms_templates import approved
from registry.models import Person
from tests.registry.changes.cast import BABY, NO_PAPER, about, ask, decide, joining
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
NEW = {"family_name": "កែវ", "given_name": "ចន្ថា", "latin_family_name": "", "latin_given_name": ""}
MOVES_IN = {
    "known": {"has_spid": "no", "spid": ""},
    "name": NEW,
    "sex": {"sex": "male"},
    "birth": {"born": "1986-05-05"},
    "document": NO_PAPER,
}


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("birth", BABY),
        ("joins", MOVES_IN | {"relationship": {"relationship": "other_relative"}}),
        ("marriage", MOVES_IN | {"living": {"living": "here"}, "relationship": {"relationship": "spouse"}}),
    ],
)
def test_the_number_of_who_was_registered_is_told(kind, answers, family, people, sokha, commune_clerk):
    who = {"who": about(people["ស៊ុខា"])} if kind == "marriage" else {}
    request = decide(ask(sokha, kind, right=True, **who, **answers), commune_clerk)
    new = Person.objects.get(given_name=answers["name"]["given_name"])
    assert request.registered == new
    message = Message.objects.get(template="change_approve")
    assert new.spid not in str(message.params)
    assert new.spid_grouped in approved(message.params)
    page = browser(sokha).get(f"/en/my/changes/requests/{request.reference}/").content.decode()
    assert new.spid_grouped in page


def test_who_was_registered_before_is_not_named(family, sokha, maly, phoneless, commune_clerk):
    request = ask(sokha, "joins", **joining(maly))
    assert request.registered is None
    assert maly.spid_grouped not in approved({"reference": request.reference})
