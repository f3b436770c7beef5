"""Wherever somebody else than who asked must decide, whoever invited them does not: nor they for that one."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.errors import MayBeOnePerson
from registry.duplicates.deciders import DuplicateDeciders
from registry.models import KeySetup, Person
from registry.persons.conflicts import conflict_of_interest
from registry.phones.replacements.errors import AskerTooNew
from registry.phones.replacements.selectors import second_officials_for
from registry.phones.replacements.services import confirm_replacement
from tests.registry.cast import OWN_SIM, official
from tests.registry.changes.cast import about, agree, ask, decide, heard, joining
from tests.registry.phones.replacements.test_replacements import phone_of, request_replacement


@pytest.fixture
def ghost(district):
    return official("clerk.ghost", "010201", invited_by=district)


def deciders_of(base: type[Deciders] = Deciders) -> list[type[Deciders]]:
    return [one for kind in base.__subclasses__() for one in (kind, *deciders_of(kind))]


@pytest.mark.parametrize("kind", deciders_of(), ids=lambda kind: kind.__name__)
def test_no_kind_of_casework_takes_them_for_two(kind, ghost, district, monkeypatch):
    """A kind with a check of its own has a test of its own below."""
    if kind is DuplicateDeciders:
        pytest.skip("its items are entered by nobody")
    assert kind.check_neutral is Deciders.check_neutral
    monkeypatch.setattr(kind, "conflict", lambda *about: "")
    for user, other in ((ghost, district), (district, ghost)):
        item = type("Item", (), {kind.entered_by: other, f"{kind.entered_by}_id": other.pk})()
        assert isinstance(kind().why_not_neutral(user, item), MayBeOnePerson)


def case_of(clerk: User, person: Person) -> AssistedSession:
    return AssistedSession.objects.create(
        official=clerk, subject_id=person.pk, reason="check", consent_text="read out"
    )


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_invited_the_one_who_asked_does_not_approve(
    language, family, people, ghost, district, second_clerk
):
    case = case_of(ghost, people["ស៊ុខា"])
    asked = heard(ask(ghost, "payee", assisted_session=case, payee=about(people["ពិសិដ្ឋ"])))
    with translation.override(language), pytest.raises(MayBeOnePerson) as refused:
        decide(asked, district)
    with translation.override(language):
        assert ("invited" in str(refused.value)) == (language == "en")
    assert decide(asked, second_clerk).state == "applied"


def test_nor_lets_go_who_moves(family_of_one, phoneless, ghost, steward, sokha):
    request = ask(ghost, "joins", assisted_session=case_of(ghost, sokha.person), **joining(phoneless))
    User.objects.filter(pk=ghost.pk).update(invited_by=steward)
    with pytest.raises(MayBeOnePerson):
        agree(request, steward)


def test_nor_approves_what_the_one_they_invited_has_let_go(
    family_of_one, phoneless, sokha, commune_clerk, other_clerk
):
    request = agree(ask(sokha, "joins", **joining(phoneless)), other_clerk)
    User.objects.filter(pk=other_clerk.pk).update(invited_by=commune_clerk)
    with pytest.raises(MayBeOnePerson):
        decide(request, commune_clerk)


def test_nor_is_the_second_official_for_a_phone(family_of_one, sokha, ghost, district, second_clerk):
    asked = request_replacement(ghost, sokha.person)
    with pytest.raises(MayBeOnePerson):
        confirm_replacement(replacement=asked, document="passport", actor=district)
    assert phone_of(sokha) != OWN_SIM
    assert second_officials_for(asked) == [second_clerk]


@pytest.mark.parametrize("language", ["km", "en"])
def test_nobody_shortens_the_wait_for_a_phone_that_a_newcomer_asked_for(
    language, family_of_one, sokha, district
):
    newcomer = official("clerk.new", "010201", date_joined=timezone.now() - timedelta(days=29))
    asked = request_replacement(newcomer, sokha.person)
    with translation.override(language), pytest.raises(AskerTooNew) as refused:
        confirm_replacement(replacement=asked, document="passport", actor=district)
    assert "30" in str(refused.value)
    assert phone_of(sokha) != OWN_SIM
    assert second_officials_for(asked) == []


def test_nor_decides_about_whose_phone_the_one_they_invited_set_up(
    family_of_one, sokha, ghost, district, second_clerk
):
    KeySetup.objects.create(person=sokha.person, official=ghost, kind=KeySetup.Kind.PHONE)
    assert conflict_of_interest(district, sokha.person) == MayBeOnePerson.words
    assert conflict_of_interest(second_clerk, sokha.person) == ""
