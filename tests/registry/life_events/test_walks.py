"""No state without a way out, whatever happens in whatever order."""

import os
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.db.models import Q

from applications.models import Application
from dsp_platform.notifications import rate_limits
from dsp_platform.notifications.models import Message
from dsp_platform.wizard.questions import Key
from grievances.models import Grievance
from registry.changes import limits
from registry.changes.context import HouseholdContext, nobody
from registry.changes.hearings import services as hearings
from registry.changes.kinds import DEATHS, KINDS, Kind
from registry.changes.questions import NAMING_MEMBER
from registry.changes.selectors import household_context, may_decide
from registry.changes.wizard import ChangeWizard
from registry.errors import AlreadyAsked
from registry.life_events import events
from registry.life_events.events import EventKind
from registry.models import ChangeRequest, Consent, Enrolment, Household, Membership, Person, Programme
from registry.persons.households import head_left_behind, household_of
from registry.plausibility.wizard import Implausible
from tests.registry.cast import official
from tests.registry.life_events import tour
from tests.registry.life_events.walk import MAY_REFUSE, Walk

pytestmark = pytest.mark.django_db
WALKS = int(os.environ.get("DSPP_WALKS") or 0)  # more and longer ones, for a night
STEPS, PERSONS, KINDS_ASKED = (60, 99, 99) if WALKS else (10, 3, 3)
LIVING = Q(died_on=None, merged_into=None)


@pytest.fixture
def clerks(areas):
    return {
        area: (official(f"enters.{area}", area), official(f"decides.{area}", area))
        for area in ("010201", "010202")
    }


@pytest.fixture
def unlimited(monkeypatch):
    """Years happen in a minute."""
    for name in ("NEWCOMERS_AT_ONCE", "OPEN_AT_ONCE", "A_DAY", "MOST_AT_ONCE"):
        monkeypatch.setattr(limits, name, 10_000)
    monkeypatch.setattr(hearings, "MOST_TAKEN_BACK", 10_000)
    monkeypatch.setattr(rate_limits, "count", lambda **_: None)


@pytest.fixture
def told(monkeypatch):
    """The kinds of life events that domains were told of."""
    kinds = set()

    class Noted(dict):
        def __getitem__(self, cell):
            kinds.add(cell[0])
            return super().__getitem__(cell)

    monkeypatch.setattr(events, "EFFECTS", Noted(events.EFFECTS))
    return kinds


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("seed", range(WALKS or 3))
def test_whatever_happens_nobody_is_stuck_or_forgotten(
    seed, clerks, steward, second_steward, agreements, programmes, told
):
    walk = Walk(seed, clerks, (steward, second_steward), programmes["school"])
    for size in (1, 4, 4) if seed == 0 else (1, None, None):
        walk.register(size)
    try:
        if seed == 0:
            tour.take(walk)
            nothing_is_left_behind(clerks)
            assert told == set(EventKind)
        for _ in range(STEPS // 2 if seed == 0 else STEPS):
            walk.step()
            nothing_is_left_behind(clerks)
        living = walk.living()
        for person in walk.random.sample(living, min(PERSONS, len(living))):
            every_act_is_reached(walk, person, programmes["health"])
    except BaseException:
        print(*walk.done, sep="\n")
        raise


def nothing_is_left_behind(clerks) -> None:
    dead, merged = Person.objects.exclude(died_on=None), Person.objects.exclude(merged_into=None)
    waiting = ChangeRequest.objects.filter(state__in=ChangeRequest.OPEN_STATES)
    now = Membership.objects.filter(ended_on=None)
    assert not now.filter(~LIVING_MEMBER).exists()
    for household in Household.objects.all():
        heads = now.filter(household=household, relationship="head").count()
        assert heads == (0 if household.closed_on else 1)
    assert not Consent.objects.filter(withdrawn_at=None).exclude(household__closed_on=None).exists()
    assert not waiting.filter(Q(person__in=dead) | Q(mover__in=dead)).exists()
    assert not waiting.exclude(kind__in=DEATHS).filter(asked_for__in=dead).exists()
    assert not Application.objects.filter(person__in=dead, state__in=Application.OPEN_STATES).exists()
    assert not Application.objects.filter(person__in=merged).exists()
    assert not Enrolment.objects.filter(person__in=merged).exists()
    assert not Grievance.objects.filter(person__in=merged).exists()
    assert not Enrolment.objects.filter(person__in=dead).exclude(state="ended").exists()
    for enrolment in Enrolment.objects.filter(person__in=dead):
        assert enrolment.until <= enrolment.person.died.last
    for grievance in Grievance.objects.filter(person__in=dead, state__in=Grievance.OPEN_STATES):
        assert head_left_behind(grievance.person) is None
    numbers = set(Person.objects.filter(LIVING).values_list("phone", flat=True))
    silent = set(dead.exclude(phone="").values_list("phone", flat=True)) - numbers
    assert not Message.objects.filter(phone__in=silent, state="due").exists()
    for request in waiting.select_related("household", "mover", "asked_by"):
        where_it_is_decided(request, clerks)


LIVING_MEMBER = Q(person__died_on=None, person__merged_into=None)


def where_it_is_decided(request: ChangeRequest, clerks) -> None:
    """Nothing that waits hangs on where somebody was; without a household it hangs on the last village."""
    if request.household is None:
        assert household_of(request.asked_for) is None
        assert request.village_id == request.asked_for.village_id
        assert any(may_decide(one, request) for one in clerks[request.village_id[:6]])
        return
    members = Membership.objects.filter(household=request.household, ended_on=None)
    dies = KINDS[request.kind].person_dies
    assert dies or members.filter(person=request.asked_for).exists()
    if request.person and not (dies and household_of(request.person) is None):
        assert members.filter(person=request.person).exists()
    if not KINDS[request.kind].moves_home:
        assert request.village_id == request.household.village_id
    if request.mover and (home := household_of(Person.objects.get(pk=request.mover_id))):
        assert request.old_village_id == home.village_id
    assert any(may_decide(one, request) for one in clerks[request.village_id[:6]])


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def every_act_is_reached(walk: Walk, person: Person, programme: Programme) -> None:
    """Everything that the law of the table grants somebody who lives."""
    person = Person.objects.get(pk=person.pk)
    with undone():
        walk.complain_of(person)
    if household_of(person) is None:
        with undone():
            spid = walk.found(person).memberships.get(ended_on=None).person.spid
            assert spid == person.spid
        return
    with undone():
        walk.apply_for(person, programme)
        assert person.applications.filter(programme=programme).exists()
    with walk.with_person(person) as (_subject, clerk, session):
        context = household_context(clerk, session)
    kinds = list(KINDS.values())
    for kind in walk.random.sample(kinds, min(KINDS_ASKED, len(kinds))):
        try:
            with undone():
                asked = any(walk.ask(person, kind) for _ in range(9))  # some answers cannot be
                is_possible = kind.is_offered(context) and not nobody_can_be_chosen(kind, context)
                assert asked or not is_possible, (kind.code, person.spid)
        except AlreadyAsked:
            continue


def nobody_can_be_chosen(kind: Kind, context: HouseholdContext) -> bool:
    """And the page says why of every member: in its list, or when they are chosen."""
    wizard, everybody = ChangeWizard(kind, context, {}), set(context.names.values())
    if kind.whom is not nobody:
        return not wizard.choices and told_why(wizard, "who") == everybody
    key = wizard.first_open()
    if key.name not in NAMING_MEMBER:
        return False
    offered = wizard.questions[key.name].options(None, wizard, key)["people"]
    told = told_why(wizard, key.name) | set(offered.values())
    return told == everybody and all(is_refused(wizard, key, spid) for spid in offered)


def told_why(wizard: ChangeWizard, question: str) -> set[str]:
    return {name for name, why in wizard.left_out(question) if why}


def is_refused(wizard: ChangeWizard, key: Key, spid: str) -> bool:
    try:
        wizard.require_possible(key, {"person": spid})
    except Implausible as error:
        return bool(str(error))
    return False


def test_every_kind_of_change_says_how_it_may_be_refused():
    assert set(KINDS) <= set(MAY_REFUSE)
    assert {code for code, _who, _forced in tour.STEPS} == set(KINDS)


@pytest.mark.parametrize(("code", "excused"), [("head", True), ("name", False), ("address", False)])
def test_only_a_kind_for_which_nobody_can_be_chosen_is_excused(family_of_one, sokha, code, excused):
    """Whoever lives alone leads the household already."""
    assert nobody_can_be_chosen(KINDS[code], household_context(sokha, None)) == excused
