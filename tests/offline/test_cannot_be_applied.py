"""What comes from a device and cannot be applied is the official's at once: it holds up nothing."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from dsp_platform.accounts.assisted_sessions.services import end_open_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.background.workers import faults
from dsp_platform.offline.models import OfflineItem
from dsp_platform.offline.typed import typed_in_words
from registry.models import Draft
from registry.registration import late_answers, views
from tests.offline.sealing import Item
from tests.offline.test_once import CONSENT, NAME, answers, laptop
from tests.registry.pages import HEAD, official_client

__all__ = ["laptop"]
pytestmark = pytest.mark.django_db
GONE = "/km/counter/old-visits/5/"
FIRST = {"unknown address": GONE, "not kept": "/km/counter/end/", "raises": NAME, "answers 500": NAME}


def fail(*_given, **_named):
    raise KeyError("a fault of ours")


@pytest.fixture(params=FIRST)
def first(request, laptop, commune_clerk, monkeypatch) -> Item:
    """The first of two, which cannot be applied."""
    laptop.post(CONSENT, HEAD["consent"])
    if request.param == "raises":
        monkeypatch.setattr(views, "save_at", fail)
    elif request.param == "answers 500":
        monkeypatch.setattr(views.RegistrationQuestion, "answered", lambda *_given: HttpResponse(status=500))
    return Item.written(laptop, commune_clerk, FIRST[request.param], {**HEAD["name"], "note": "ទ្វារ"})


def test_it_needs_the_official_and_the_next_one_is_applied(first, laptop, commune_clerk, monkeypatch):
    answer, kept = first.send(laptop), OfflineItem.objects.get(pk=first.key)
    assert (answer.status_code, answer["Offline-Outcome"], kept.state) == (200, "needs_you", "needs_you")
    assert kept.why == ("failed" if first.path == NAME else "gone")
    page = laptop.get("/km/offline/").content.decode()
    assert HEAD["name"]["given_name"] in page
    monkeypatch.undo()
    second = Item.written(laptop, commune_clerk, NAME, HEAD["name"])
    assert second.send(laptop)["Offline-Outcome"] == "applied"


def test_it_changes_nothing(first, laptop):
    before = answers()
    first.send(laptop)
    assert answers() == before
    assert AssistedSession.objects.get().ended_at is None


def test_sent_again_it_is_answered_alike(first, laptop, monkeypatch):
    first.send(laptop)
    monkeypatch.undo()
    assert first.send(laptop)["Offline-Outcome"] == "needs_you"
    assert OfflineItem.objects.count() == 1
    assert not answers()["members"]


def test_nobody_else_stores_it(first, laptop, other_clerk, client):
    answer = first.send(official_client(other_clerk))
    assert (answer.status_code, answer["Offline-Outcome"]) == (403, "another")
    assert not first.send(client).has_header("Offline-Outcome")
    assert not OfflineItem.objects.exists()


def test_another_site_stores_nothing_either(first, laptop):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = laptop.cookies
    assert first.send(strict).status_code == 403
    assert not OfflineItem.objects.exists()


def test_a_fault_counts(laptop, commune_clerk, monkeypatch, caplog):
    monkeypatch.setattr(views, "save_at", fail)
    before = faults().get("offline", 0)
    Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"]).send(laptop)
    assert faults()["offline"] == before + 1
    assert "could not be applied" in caplog.text


def test_what_fails_when_its_case_is_over_needs_the_official_too(laptop, commune_clerk, monkeypatch):
    laptop.post(CONSENT, HEAD["consent"])
    item = Item.written(laptop, commune_clerk, NAME, HEAD["name"])
    end_open_assisted_session(official=commune_clerk, end="idle")
    monkeypatch.setattr(late_answers, "add_late_answers", fail)
    assert item.send(laptop)["Offline-Outcome"] == "needs_you"
    assert OfflineItem.objects.get(pk=item.key).why == "failed"


def test_a_form_of_a_page_is_refused_as_before(laptop, monkeypatch):
    """It was not sealed: the device keeps it, and sends it sealed."""
    laptop.raise_request_exception = False
    monkeypatch.setattr(views, "save_at", fail)
    answer = laptop.post(CONSENT, HEAD["consent"], headers={"Idempotency-Key": Item(None, "", {}).key})
    assert answer.status_code == 500
    assert not OfflineItem.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("language", ["km", "en"])
def test_what_was_typed_has_its_labels(laptop, commune_clerk, language):
    item = Item.written(laptop, commune_clerk, GONE, {"outcome": "nobody", "note": "ទ្វារ"})
    item.send(laptop)
    with translation.override(language):
        (part,) = typed_in_words(OfflineItem.objects.get())
    assert [row.words for row in part.rows][-1] == "ទ្វារ"
