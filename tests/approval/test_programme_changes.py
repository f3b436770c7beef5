"""What two stewards read before a programme's rule changes, or before it opens or closes."""

import re

import pytest

from dsp_platform.approval import contract
from dsp_platform.approval.models import Proposal
from registry.eligibility import effects
from registry.eligibility.preview import RulePreview
from registry.programmes.changes import amounts_now, propose_programme_change
from tests.approval.test_services import approve, language, programme, propose

__all__ = ["language", "programme"]

pytestmark = pytest.mark.django_db


def close(programme, actor, **changes):
    return propose_programme_change(
        programme=programme,
        rule=programme.rule,
        benefits=amounts_now(programme),
        actor=actor,
        **{"state": "closed", **changes},
    )


def test_a_programme_closes_and_opens_by_two_who_read_what_it_does(
    programme, steward, second_steward, language
):
    proposal = close(programme, steward)
    kind = contract.kind_of(proposal)
    consequences = kind.consequences(proposal)
    assert len(consequences) == 4  # when, the pages, who is enrolled, pending applications
    assert len(kind.difference(proposal)) == 1
    programme.refresh_from_db()
    assert programme.state == "open"
    approve(proposal, second_steward)
    programme.refresh_from_db()
    assert programme.state == "closed"
    approve(close(programme, second_steward, state="open", takes_applications=False), steward)
    programme.refresh_from_db()
    assert (programme.state, programme.takes_applications, programme.rule_version) == ("open", False, 1)


def test_a_rule_is_told_in_words_with_whom_it_changes(programme, steward, second_steward, language):
    proposal = propose(programme, steward, rule='age >= 60 && !(sex == "male")')
    kind = contract.kind_of(proposal)
    words, written = kind.difference(proposal)
    assert "60" in words.after
    assert "&&" not in words.after
    assert written.after == 'age >= 60 && !(sex == "male")'
    assert re.search(r"\b10\b.*\b10\b", kind.consequences(proposal)[1])  # fewer than that


def test_what_takes_too_long_to_count_is_said_to(programme, steward, second_steward, monkeypatch, language):
    monkeypatch.setattr(effects, "preview_rule", lambda *_texts: RulePreview(None, True))
    proposal = propose(programme, steward)
    assert len(contract.kind_of(proposal).consequences(proposal)) == 2


@pytest.mark.django_db
def test_a_name_is_said_once_where_a_programme_is_named_like_its_operator():
    proposal = Proposal(
        kind="programme", before={"name_km": "ក", "name_en": "A", "code": "idpoor", "operator": "idpoor"}
    )
    assert "(idpoor)" in contract.kind_of(proposal).name(proposal)
