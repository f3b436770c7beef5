"""A death that relatives tell at the commune office, of somebody whom nobody can ask any more."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from dsp_platform.accounts.models import AssistedSession
from registry.changes.context import TELL_DEATH
from registry.changes.forms import HeardForm, RelationshipsForm
from registry.changes.hearings.selectors import hearing_of
from registry.changes.kinds import KINDS
from registry.changes.selectors import changes_of
from registry.changes.timeline import what_next
from registry.models import Person
from tests.registry.cast import official
from tests.registry.changes.cast import ask, decide
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
DIED = {"died": "2026-11-20"}
TOLD_BY = "ចាន់ ធី, the neighbour"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def dead(family_of_one):
    person = family_of_one.memberships.get().person
    Person.objects.filter(pk=person.pk).update(account=None, phone="")
    person.refresh_from_db()
    return person


@pytest.fixture
def case(dead, commune_clerk):
    return AssistedSession.objects.create(
        official=commune_clerk, subject_id=dead.pk, reason=TELL_DEATH, consent_text="", told_by=TOLD_BY
    )


@pytest.fixture
def told(commune_clerk, case):
    return ask(commune_clerk, "death", assisted_session=case, died=DIED)


def opened(commune_clerk, dead, **sent):
    client = browser(commune_clerk)
    client.post(reverse("registry:counter"), {"person": dead.spid})
    page = reverse("registry:counter_open")
    chosen = client.get(page).context["chosen"]
    return client, client.post(page, {"chosen": chosen, **sent})


def test_a_case_for_it_needs_no_consent_but_who_told_it(dead, commune_clerk):
    _client, page = opened(commune_clerk, dead, reason=TELL_DEATH)
    assert page.context["form"].errors.keys() == {"told_by"}
    client, page = opened(commune_clerk, dead, reason=TELL_DEATH, told_by=TOLD_BY)
    session = AssistedSession.objects.get()
    assert (session.told_by, session.consent_text) == (TOLD_BY, "")
    for name in ("registry:me", "registry:changes"):
        assert client.get(reverse(name)).url == reverse("registry:change", args=["death"])
    assert client.get(reverse("registry:change", args=["death"])).status_code == 200


def test_for_every_other_reason_the_person_must_agree(dead, commune_clerk):
    _client, page = opened(commune_clerk, dead, reason="check", told_by=TOLD_BY)
    assert page.context["form"].errors.keys() == {"agree"}


@pytest.mark.parametrize("kind", [code for code, kind in KINDS.items() if not kind.person_dies])
def test_nothing_else_is_asked_in_it(kind, commune_clerk, case):
    with pytest.raises(PermissionDenied):
        ask(commune_clerk, kind, assisted_session=case)


def test_where_nobody_is_left_to_hear_another_official_decides_at_once(told, dead):
    assert hearing_of(told).until is None
    assert what_next(told).startswith("Nobody else has to be asked: another official")
    decide(told, official("clerk.decides", "010201"))
    dead.refresh_from_db()
    assert dead.died_on is not None


def test_one_who_can_be_reached_is_waited_for_and_both_pages_say_so(family_of_one, commune_clerk, case):
    Person.objects.filter(pk=case.subject_id).update(phone="+85510999888")
    told = ask(commune_clerk, "death", assisted_session=case, died=DIED)
    assert hearing_of(told).until is not None
    assert what_next(told).startswith("The phone on record of the person got a text message")


def test_nobody_is_shown_as_asking_who_is_dead(told, dead):
    page = browser(official("clerk.reads", "010201")).get(
        reverse("registry:counter_change", args=[told.reference])
    )
    assert "told at the commune office" in page.text
    assert TOLD_BY in page.text
    assert changes_of(dead) == []


def test_a_recorded_death_says_how_it_is_undone(told):
    decide(told, reader := official("clerk.decides", "010201"))
    page = browser(reader).get(reverse("registry:counter_change", args=[told.reference])).text
    assert "Is this person alive after all?" in page
    assert "Two stewards undo" in page


def test_a_living_person_is_asked_whether_they_are_alive():
    form = HeardForm({"answer": "yes", "note": ""}, own_death=True)
    assert not form.is_valid()
    assert form.fields["answer"].label == "Are you alive?"
    assert HeardForm({"answer": "no", "note": ""}, own_death=True).is_valid()


def test_each_missing_relation_names_its_member():
    form = RelationshipsForm({}, people={"111": "សុខ ដារ៉ា", "222": "សុខ បុប្ផា"})
    assert [errors[0].partition(":")[0] for errors in form.errors.values()] == ["សុខ ដារ៉ា", "សុខ បុប្ផា"]
