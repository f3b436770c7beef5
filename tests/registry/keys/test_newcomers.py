"""A refusal tells whoever decides nothing about a number that was told, and is counted."""

import pytest
from django.utils import translation

from registry import lookups
from registry.errors import ChangeError, YesMissing
from registry.models import ChangeRequest, Lookup
from tests.registry.changes.cast import ask, decide, joining
from tests.registry.keys.test_moves import CARD, free_with_card

pytestmark = pytest.mark.django_db


def told(maly, *, fits: bool) -> dict:
    answers = joining(maly)
    return answers if fits else answers | {"birth": {"born": ["1991-01-01", "day"]}}


def refusal(request: ChangeRequest, clerk) -> ChangeError:
    with pytest.raises(ChangeError) as refused:
        decide(request, clerk)
    return refused.value


@pytest.mark.parametrize("language", ["km", "en"])
def test_one_answer_whether_the_number_fits_somebody_or_nobody(family, maly, sokha, commune_clerk, language):
    with translation.override(language):
        asked = [ask(sokha, "joins", **told(maly, fits=fits)) for fits in (True, False)]
        answers = [refusal(one, commune_clerk) for one in asked]
    assert {type(one) for one in answers} == {YesMissing}
    assert len({str(one) for one in answers}) == 1


def test_who_is_found_only_at_the_decision_is_no_other_answer(family, maly, sokha, commune_clerk):
    asked = [ask(sokha, "joins", **told(maly, fits=fits)) for fits in (True, False)]
    ChangeRequest.objects.update(mover=None, old_village=None)
    assert len({str(refusal(one, commune_clerk)) for one in asked}) == 1
    assert ChangeRequest.objects.get(mover=maly).old_village_id


@pytest.mark.parametrize("fits", [True, False])
def test_either_is_counted_once(family, maly, sokha, commune_clerk, fits):
    request = ask(sokha, "joins", **told(maly, fits=fits))
    for _click in range(2):
        refusal(request, commune_clerk)
    assert Lookup.objects.filter(account=commune_clerk, kind="document").count() == 1


def test_a_document_that_is_somebodys_is_counted_too(family, sokha, commune_clerk, second_clerk):
    dara = free_with_card(second_clerk)
    request = ask(
        sokha, "joins", known={"has_spid": "no"}, document=CARD,
        name={"family_name": dara.family_name, "given_name": dara.given_name,
              "latin_family_name": "", "latin_given_name": ""},
        sex={"sex": "female"}, birth={"born": ["1984-04-14", "day"]},
        relationship={"relationship": "sibling"},
    )  # fmt: skip
    refusal(request, commune_clerk)
    assert Lookup.objects.filter(account=commune_clerk, kind="document").exists()


def test_beyond_the_limit_of_a_day_nothing_is_compared(family, maly, sokha, commune_clerk, monkeypatch):
    monkeypatch.setattr(lookups, "OF_OFFICIAL_A_DAY", 1)
    asked = [ask(sokha, "joins", **told(maly, fits=fits)) for fits in (False, True)]
    refusal(asked[0], commune_clerk)
    with translation.override("en"):
        assert "Too many documents were tried today" in str(refusal(asked[1], commune_clerk))
