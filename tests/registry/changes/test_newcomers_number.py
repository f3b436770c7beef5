"""Who was born or moved in gets an SPID: the text message and the page of the request say it."""

import pytest

from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.models import Person
from tests.notifications.parts import part_count
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
    assert new.spid_grouped in render("change_approve", message.params, "en", message.phone)
    page = browser(sokha).get(f"/en/my/changes/requests/{request.reference}/").content.decode()
    assert new.spid_grouped in page


def test_who_was_registered_before_is_not_named(family, sokha, maly, phoneless, commune_clerk):
    request = ask(sokha, "joins", **joining(maly))
    assert request.registered is None
    told = {"reference": request.reference}
    assert maly.spid_grouped not in render("change_approve", told, "en", sokha.phone)


@pytest.mark.parametrize(("language", "where"), [("en", "on its page or at the office"), ("km", "ទំព័រសំណើ")])
def test_a_number_that_nobody_proved_is_told_where_the_spid_is(sokha, family, commune_clerk, language, where):
    """Typed at the counter, or proved no longer when the text is sent, it may be a stranger's."""
    request = decide(ask(sokha, "birth", **BABY), commune_clerk)
    told = {"reference": request.reference}
    text = render("change_approve", told, language, "+85516555777")
    assert where in text
    assert request.reference in text
    proved = render("change_approve", told, language, sokha.phone)
    assert request.registered.spid_grouped in proved
    assert [part_count(one) for one in (text, proved)] == [1, 1]
    sokha.is_active = False
    sokha.save()
    assert render("change_approve", told, language, sokha.phone) == text
