"""Members who join or leave, and heads: memberships, consents, and what operators receive."""

from datetime import date

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.casework.errors import AlreadyDecided, NotYours
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.changes.services import withdraw_change
from registry.errors import ChangeError, ConfirmationMissing, Outdated
from registry.models import Consent, Person
from registry.persons.households import household_of
from registry.persons.selectors import person_visible_to, subject_for
from registry.persons.services import search_persons
from registry.registration import services
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.changes.cast import (
    BABY,
    NAME,
    NO_PAPER,
    about,
    agree,
    ask,
    decide,
    entry,
    heard,
    members,
    settle,
)

pytestmark = pytest.mark.django_db


def test_a_baby_waits_for_the_commune_and_then_has_an_spid(family, people, sokha, commune_clerk):
    settle()
    Person.objects.filter(pk=people["ស៊ុខា"].pk).update(pregnant=True)
    request = ask(sokha, "birth", **{**BABY, "mother": {"mother": people["ស៊ុខា"].spid}})
    assert request.state == "waiting"
    assert "ថ្មី" not in members(family)
    decide(request, commune_clerk)
    baby = Person.objects.get(given_name="ថ្មី")
    assert members(family)["ថ្មី"] == "child"
    assert (baby.verification, baby.village_id) == ("commune", "01020101")
    assert entry("person", baby.pk).state == "due"
    assert Person.objects.get(given_name="ស៊ុខា").pregnant is False
    text = Message.objects.get(template="change_approve")
    assert (text.phone, text.params) == ("+85512345678", {"reference": request.reference})


def test_the_head_changes_and_everybody_is_related_anew(family, people, sokha, commune_clerk):
    related = {people["ស៊ុខា"].spid: "parent", people["បុប្ផា"].spid: "sibling"}
    decide(heard(ask(sokha, "head", head=about(people["ពិសិដ្ឋ"]), relationships=related)), commune_clerk)
    assert members(family) == {"ពិសិដ្ឋ": "head", "ស៊ុខា": "parent", "បុប្ផា": "sibling"}


def test_a_member_born_meanwhile_must_be_related_too(family, people, sokha, commune_clerk):
    related = {people["ស៊ុខា"].spid: "parent", people["បុប្ផា"].spid: "sibling"}
    request = ask(sokha, "head", head=about(people["ពិសិដ្ឋ"]), relationships=related)
    decide(ask(sokha, "birth", **BABY), commune_clerk)
    with pytest.raises(AlreadyDecided):
        decide(heard(request), commune_clerk)
    assert request.events.order_by("pk").last().step == "other_members"
    assert members(family)["ស៊ុខា"] == "head"


def test_who_moves_out_has_a_household_and_no_consent_of_others(family, people, sokha, commune_clerk):
    settle()
    son = people["ពិសិដ្ឋ"]
    place = {"village_code": "01020102", "address": ""}
    decide(ask(sokha, "leaves", who=about(son), where={"where": "own"}, place=place), commune_clerk)
    own = household_of(Person.objects.get(pk=son.pk))
    assert own is not None
    assert (own.village_id, members(own)) == ("01020102", {"ពិសិដ្ឋ": "head"})
    assert list(own.consents.values_list("operator_code", flat=True)) == [""]
    row = entry("person", son.pk)
    assert (row.state, row.agreement_id is None or row.state == "due") == ("due", True)
    assert row.agreement_id is None
    assert entry("household", family.pk).state == "due"


def test_who_leaves_with_consents_of_their_own_takes_them_along(family, people, sokha, commune_clerk):
    mother, related = people["ស៊ុខា"], {people["បុប្ផា"].spid: "sibling"}
    place = {"village_code": "01020102", "address": ""}
    request = ask(
        sokha,
        "leaves",
        who=about(mother),
        where={"where": "own"},
        place=place,
        head=about(people["ពិសិដ្ឋ"]),
        relationships=related,
    )
    decide(request, commune_clerk)
    own = household_of(mother)
    assert own is not None
    assert set(own.consents.values_list("operator_code", flat=True)) == {"", "idpoor"}
    assert members(family) == {"ពិសិដ្ឋ": "head", "បុប្ផា": "sibling"}
    # The consent she gave for those who stay remains until they withdraw it.
    assert family.consents.filter(operator_code="idpoor", withdrawn_at=None).exists()


def test_the_last_to_leave_closes_the_household(areas, operators, agreements, sokha, commune_clerk):
    alone = services.register_household(
        actor=sokha, details=household_details(person_details(), operators=("idpoor",))
    )
    request = ask(sokha, "leaves", where={"where": "elsewhere"})
    decide(request, commune_clerk)
    alone.refresh_from_db()
    assert alone.closed_on is not None
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert {row.agreement_id for row in LedgerEntry.objects.all()} == {None}


def test_a_mover_keeps_the_spid_and_lives_in_one_household(family, people, sokha, other_clerk, commune_clerk):
    elder = person_details(given_name="វិចិត្រ", relationship="parent", date_of_birth=date(1950, 2, 2))
    other = services.register_household(
        actor=other_clerk,
        details=household_details(
            person_details(given_name="ហេង"), elder, village_code="01020201", operators=("idpoor",)
        ),
    )
    mover = Person.objects.get(given_name="វិចិត្រ")
    request = ask(
        sokha,
        "joins",
        known={"has_spid": "yes", "spid": mover.spid},
        birth={"born": "1950-02-02"},
        relationship={"relationship": "parent"},
    )
    before = (other.version, family.version)
    agree(request, other_clerk)
    decide(request, commune_clerk)
    assert members(family)["វិចិត្រ"] == "parent"
    assert members(other) == {"ហេង": "head"}
    assert mover.memberships.filter(ended_on=None).count() == 1
    other.refresh_from_db()
    family.refresh_from_db()
    assert (other.version, family.version) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("born", ["1950-02-03", "1984-04-14"])
def test_an_spid_with_another_birthday_moves_nobody(family, sokha, other_clerk, commune_clerk, born):
    services.register_household(
        actor=other_clerk,
        details=household_details(person_details(given_name="ហេង"), village_code="01020201"),
    )
    head = Person.objects.get(given_name="ហេង")  # a head alone may move; this one has the second date
    request = ask(
        sokha,
        "joins",
        known={"has_spid": "yes", "spid": head.spid},
        birth={"born": born},
        relationship={"relationship": "sibling"},
    )
    if born == "1984-04-14":
        agree(request, other_clerk)
        decide(request, commune_clerk)
        assert members(family)["ហេង"] == "sibling"
    else:
        with pytest.raises(ConfirmationMissing):
            decide(request, commune_clerk)
        assert "ហេង" not in members(family)


def test_a_head_does_not_walk_out_on_the_others(family, sokha, other_clerk, commune_clerk):
    services.register_household(
        actor=other_clerk,
        details=household_details(
            person_details(given_name="ហេង"), child_details(given_name="កូន"), village_code="01020201"
        ),
    )
    head = Person.objects.get(given_name="ហេង")
    request = ask(
        sokha,
        "joins",
        known={"has_spid": "yes", "spid": head.spid},
        birth={"born": "1984-04-14"},
        relationship={"relationship": "sibling"},
    )
    with pytest.raises(ChangeError):
        agree(request, other_clerk)
    with pytest.raises(ConfirmationMissing):
        decide(request, commune_clerk)


def test_the_spouse_moves_in_by_marriage(family, people, sokha, commune_clerk):
    request = ask(
        sokha,
        "marriage",
        who=about(people["ពិសិដ្ឋ"]),
        living={"living": "here"},
        known={"has_spid": "no", "spid": ""},
        name=NAME,
        sex={"sex": "female"},
        birth={"born": "2003"},
        document=NO_PAPER,
        relationship={"relationship": "other_relative"},
    )
    decide(request, commune_clerk)
    assert members(family)["ថ្មី"] == "other_relative"


def test_the_dead_are_seen_by_nobody_and_withdrawn_from_operators(family, people, sokha, commune_clerk):
    settle()
    son = people["ពិសិដ្ឋ"]
    request = ask(sokha, "death", who=about(son), died={"died": "2026-11-02"})
    decide(heard(request), commune_clerk)
    son.refresh_from_db()
    assert son.died_on == date(2026, 11, 2)
    assert "ពិសិដ្ឋ" not in members(family)
    assert person_visible_to(commune_clerk, son.spid) is None
    assert search_persons(official=commune_clerk, query="ពិសិដ្ឋ") == []
    row = entry("person", son.pk)
    assert (row.state, row.agreement_id) == ("due", None)


@pytest.mark.parametrize("told", ["2026", "2026-03"])
def test_who_is_born_and_dies_in_one_year_did_not_die_before(family, people, sokha, commune_clerk, told):
    son = people["ពិសិដ្ឋ"]
    Person.objects.filter(pk=son.pk).update(date_of_birth=date(2026, 3, 8))
    decide(heard(ask(sokha, "death", who=about(son), died={"died": told})), commune_clerk)
    son = Person.objects.get(pk=son.pk)
    assert str(son.died) == told
    # The membership ends with the period: not in the future, nor before it began.
    membership = son.memberships.get()
    assert membership.ended_on == max(min(son.died.last, timezone.localdate()), membership.started_on)


@pytest.mark.parametrize(("known", "told"), [("2021", "2020"), ("2021-05", "2021-04"), ("2021-05", "2020")])
def test_nobody_dies_before_every_day_of_their_birth(family, people, sokha, commune_clerk, known, told):
    """Neither as it is asked, nor where the date of birth is corrected meanwhile."""
    son, death = people["ពិសិដ្ឋ"], {"died": {"died": told}}
    request = ask(sokha, "death", who=about(son), right=True, **death)
    son.born = PartialDate.parse(known)
    son.save()
    with pytest.raises(Outdated):
        decide(heard(request), commune_clerk)
    withdraw_change(request=request, actor=sokha, assisted_session=None)
    with pytest.raises(ChangeError, match="កំណើត"):
        ask(sokha, "death", who=about(son), right=True, **death)


def test_the_account_of_a_dead_head_is_free_for_the_family(
    family, people, sokha, commune_clerk, second_clerk
):
    mother, son = people["ស៊ុខា"], people["ពិសិដ្ឋ"]
    assisted_session = AssistedSession.objects.create(
        official=commune_clerk, subject_id=son.pk, reason="check", consent_text="read out"
    )
    request = ask(
        commune_clerk,
        "death",
        assisted_session=assisted_session,
        who=about(mother),
        died={"died": "2026-11-02"},
        head=about(son),
        relationships={people["បុប្ផា"].spid: "sibling"},
    )
    with pytest.raises(NotYours):  # maker is not checker
        decide(request, commune_clerk)
    heard(request)
    decide(request, second_clerk)
    assert members(family) == {"ពិសិដ្ឋ": "head", "បុប្ផា": "sibling"}
    assert subject_for(sokha, None) is None
    sokha.refresh_from_db()
    assert sokha.is_active
    assert family.consents.filter(operator_code="idpoor", withdrawn_at=None).exists()


def test_the_payee_who_leaves_is_paid_no_more(family, people, sokha, commune_clerk):
    decide(heard(ask(sokha, "payee", payee=about(people["ពិសិដ្ឋ"]))), commune_clerk)
    request = ask(sokha, "leaves", who=about(people["ពិសិដ្ឋ"]), where={"where": "elsewhere"})
    decide(request, commune_clerk)
    family.refresh_from_db()
    assert family.payee is None
