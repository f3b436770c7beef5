"""No flood of requests hides the others from those who decide."""

import pytest

from registry.changes import counter_views
from registry.changes.limits import OPEN_AT_ONCE
from registry.errors import AlreadyAsked
from registry.models import ChangeRequest
from tests.registry.changes.cast import BABY, ask
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


def test_one_person_has_so_many_open_requests_and_no_more(family, sokha):
    for _number in range(OPEN_AT_ONCE):
        ask(sokha, "birth", **BABY)
    with pytest.raises(AlreadyAsked):
        ask(sokha, "birth", **BABY)


@LANGUAGES
def test_what_does_not_fit_on_the_page_stands_on_the_next(
    family, sokha, commune_clerk, monkeypatch, language
):
    monkeypatch.setattr(counter_views, "SHOWN", 2)
    asked = [ask(sokha, "birth", **BABY).reference for _number in range(5)]
    client, path, seen = browser(commune_clerk), f"/{language}/counter/changes/", []
    address = path
    for _page in range(3):
        answer = client.get(address)
        seen += [row.request.reference for row in answer.context["requests"]]
        after = answer.context["after"]
        address = f"{path}?after={after}" if after else ""
    assert (seen, address) == (asked, "")


def test_a_page_after_no_place_is_refused(family, sokha, commune_clerk):
    assert browser(commune_clerk).get("/en/counter/changes/?after=C-0000-0000").status_code == 400


@LANGUAGES
def test_the_next_page_begins_where_it_did_whatever_became_of_the_last_row(
    family, sokha, commune_clerk, monkeypatch, language
):
    monkeypatch.setattr(counter_views, "SHOWN", 1)
    first, second = ask(sokha, "birth", **BABY), ask(sokha, "birth", **BABY)
    client, path = browser(commune_clerk), f"/{language}/counter/changes/"
    after = client.get(path).context["after"]
    type(first).objects.filter(pk=first.pk).update(state="withdrawn")
    page = client.get(f"{path}?after={after}")
    assert [row.request for row in page.context["requests"]] == [second]
    assert f"?after={after}" in page.context["requests"][0].url
    assert {"en": "Back to the first page", "km": "ត្រឡប់ទៅទំព័រដំបូង"}[language] in page.content.decode()


@LANGUAGES
def test_a_request_is_found_by_its_reference(family, sokha, commune_clerk, other_clerk, language):
    request = ask(sokha, "birth", **BABY)
    path = f"/{language}/counter/changes/"
    typed = {"reference": request.reference.lower().replace("-", " ")}
    found = browser(commune_clerk).post(path, typed)
    assert found["Location"] == f"{path}{request.reference}/"
    elsewhere = browser(other_clerk).post(path, typed)
    assert elsewhere.status_code == 200
    assert "reference" in elsewhere.context["form"].errors
    assert ChangeRequest.objects.get().is_open
