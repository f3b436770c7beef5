"""A refusal reveals nothing about a number that was entered, and counts as a lookup."""

import pytest
from django.utils import translation

from dsp_platform.audit.models import AuditEvent
from registry.changes.services import withdraw_change
from registry.errors import ChangeError, ConfirmationMissing
from registry.models import ChangeRequest, Lookup, Membership
from registry.persons import lookups
from tests.registry.changes.cast import NAME, about, ask, decide, heard, joining
from tests.registry.changes.moves.test_moves import CARD, free_with_card
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


def told(maly, *, fits: bool) -> dict:
    answers = joining(maly)
    return answers if fits else answers | {"birth": {"born": "1991-01-01"}}


def refusal(request: ChangeRequest, clerk) -> ChangeError:
    with pytest.raises(ChangeError) as refused:
        decide(request, clerk)
    return refused.value


@pytest.mark.parametrize("language", ["km", "en"])
def test_one_answer_whether_the_number_fits_somebody_or_nobody(
    family_of_one, maly, sokha, commune_clerk, language
):
    with translation.override(language):
        asked = [ask(sokha, "joins", **told(maly, fits=fits)) for fits in (True, False)]
        answers = [refusal(one, commune_clerk) for one in asked]
    assert {type(one) for one in answers} == {ConfirmationMissing}
    assert len({str(one) for one in answers}) == 1


def test_who_is_found_only_at_the_decision_is_no_other_answer(family_of_one, maly, sokha, commune_clerk):
    asked = [ask(sokha, "joins", **told(maly, fits=fits)) for fits in (True, False)]
    ChangeRequest.objects.update(mover=None, old_village=None)
    assert len({str(refusal(one, commune_clerk)) for one in asked}) == 1
    assert ChangeRequest.objects.get(mover=maly).old_village_id


@pytest.mark.parametrize("fits", [True, False])
def test_either_is_counted_once(family_of_one, maly, sokha, commune_clerk, fits):
    request = ask(sokha, "joins", **told(maly, fits=fits))
    for _click in range(2):
        refusal(request, commune_clerk)
    assert Lookup.objects.filter(account=commune_clerk, kind="document").count() == 1


def test_a_document_that_is_somebodys_is_counted_too(family_of_one, sokha, commune_clerk, second_clerk):
    dara = free_with_card(second_clerk)
    request = ask(
        sokha, "joins", known={"has_spid": "no"}, document=CARD,
        name={"family_name": dara.family_name, "given_name": dara.given_name,
              "latin_family_name": "", "latin_given_name": ""},
        sex={"sex": "female"}, birth={"born": "1984-04-14"},
        relationship={"relationship": "sibling"},
    )  # fmt: skip
    refusal(request, commune_clerk)
    assert Lookup.objects.filter(account=commune_clerk, kind="document").exists()


def test_beyond_the_limit_of_a_day_nothing_is_compared(
    family_of_one, maly, sokha, commune_clerk, monkeypatch
):
    monkeypatch.setattr(lookups, "OF_OFFICIAL_A_DAY", 1)
    asked = [ask(sokha, "joins", **told(maly, fits=fits)) for fits in (False, True)]
    refusal(asked[0], commune_clerk)
    with translation.override("en"):
        assert "Too many documents were tried today" in str(refusal(asked[1], commune_clerk))


# --- one's own document: whether its number can be saved reveals whether somebody has it


def with_document(person, number: str) -> dict:
    told = {"document_type": "identity_card", "document_number": number}
    return {"who": about(person), "document": told}


def test_a_number_told_as_ones_own_document_is_counted_when_it_is_asked(family_of_one, sokha):
    ask(sokha, "document", **with_document(sokha.person, "010987321"))
    assert Lookup.objects.get().account == sokha
    assert AuditEvent.objects.filter(action="document_lookup", actor=sokha).exists()


def test_the_same_number_of_another_type_is_another_question(family_of_one, sokha):
    request = ask(sokha, "document", **with_document(sokha.person, "010987321"))
    withdraw_change(request=request, actor=sokha, assisted_session=None)
    told = {"document_type": "passport", "document_number": "010987321"}
    ask(sokha, "document", who=about(sokha.person), document=told)
    assert Lookup.objects.count() == 2


def test_no_more_documents_are_asked_a_day_than_at_the_registration(family_of_one, sokha):
    Lookup.objects.create(account=sokha, kind="document", weight=lookups.OF_CITIZEN_A_DAY)
    with pytest.raises(ChangeError):
        ask(sokha, "document", **with_document(sokha.person, "010987321"))
    assert not ChangeRequest.objects.exists()


def test_that_it_is_taken_counts_for_whoever_decides(family_of_one, sokha, commune_clerk, second_clerk):
    free_with_card(second_clerk)
    request = ask(sokha, "document", who=about(sokha.person), document=CARD)
    refusal(request, commune_clerk)
    assert Lookup.objects.filter(account=commune_clerk, kind="document").exists()


def test_who_brings_somebody_in_by_anothers_number_reads_what_all_read(
    family_of_one, maly, sokha, commune_clerk, second_clerk
):
    free_with_card(second_clerk)
    nobody = ask(sokha, "joins", **told(maly, fits=False))
    taken = ask(
        sokha, "joins", known={"has_spid": "no"}, document=CARD, name=NAME,
        sex={"sex": "female"}, birth={"born": "1984-04-14"},
        relationship={"relationship": "sibling"},
    )  # fmt: skip
    assert len({str(refusal(one, commune_clerk)) for one in (nobody, taken)}) == 1


# --- who may become head


def test_a_child_does_not_lead_where_somebody_grown_is(maly, rith, district):
    heng = Membership.objects.get(person__given_name="ហេង").person
    relations = {maly.spid: "parent", heng.spid: "parent"}
    with pytest.raises(ChangeError):
        ask(heng.account, "head", head=about(rith), relationships=relations)
    request = ask(
        heng.account, "head", head=about(maly), relationships={heng.spid: "spouse", rith.spid: "child"}
    )
    request.answers |= {"head": about(rith), "relationships": relations}
    request.save(update_fields=["answers"])
    with pytest.raises(ChangeError):
        decide(heard(request), district)
    shown = browser(heng.account).get("/en/my/changes/head/head/").content.decode()
    assert f'value="{maly.spid}"' in shown
    assert f'value="{rith.spid}"' not in shown
    assert "too young to lead it while an adult lives there" in shown
