"""Whatever happens between a merge and its undoing: as if they had never been one."""

import os
import uuid
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from applications.errors import AlreadyEnrolled
from applications.services import submit_application
from dsp_platform.accounts.models import AssistedSession
from grievances.models import default_team
from grievances.services import Details, report_grievance
from registry.beneficiaries.enrolment import end_enrolment, enrol
from registry.consents.services import give_consent, withdraw_consent
from registry.errors import MergeRefused
from registry.merging.contract import Side
from registry.merging.returning import without_home
from registry.merging.services import merge
from registry.merging.undoing import came_since, unmerge, why_not_undo
from registry.models import Membership, Merge, Person
from registry.persons.households import home_now, members_of
from registry.persons.writer import PersonWriter, lock_persons
from tests.registry.merging.state import differences, state
from tests.registry.merging.test_returning import family, family_again  # noqa: F401
from tests.registry.merging.test_undoing import undo

pytestmark = pytest.mark.django_db


EXAMPLES = int(os.environ.get("DSPP_MERGES") or 6)  # more, for a night


class World:
    """Two records of one woman. What is done for one is done for the record it is an alias of."""

    def __init__(self, kept, merged, programmes, clerks, of_import):
        self.keys = {"kept": kept.pk, "merged": merged.pk}
        self.registered, self.of_import = merged.pk, of_import
        self.programmes, self.clerks = programmes, clerks

    def person(self, who: str) -> Person:
        person = Person.objects.get(pk=self.keys[who])
        return person.merged_into or person

    def act(self, name: str, who: str) -> None:
        ACTS[name](self, self.person(who), who)

    def enrol_health(self, person, _who):
        enrol(person=person, programme=self.programmes["health"], since=date(2026, 3, 1))

    def enrol_own(self, person, who):
        enrol(person=person, programme=self.own(who), since=date(2026, 3, 1))

    def end_own(self, person, who):
        end_enrolment(person=person, programme=self.own(who), until=timezone.localdate())

    def own(self, who):
        return self.programmes["school" if who == "kept" else "pension"]

    @contextmanager
    def counter(self, person):
        clerk = self.clerks[person.village_id[:6]]
        case = AssistedSession.objects.create(
            official=clerk, subject_id=person.pk, reason="account", consent_text="x"
        )
        yield {"actor": clerk, "assisted_session": case}
        AssistedSession.objects.filter(pk=case.pk).update(ended_at=timezone.now(), end="closed")

    def apply_health(self, person, _who):
        self.apply(person, self.programmes["health"])

    def apply_own(self, person, who):
        self.apply(person, self.own(who))

    def apply(self, person, programme):
        if home_now(person) is None:
            return
        with self.counter(person) as by:
            try:
                with transaction.atomic():
                    submit_application(person=person, programme=programme, consent=True, **by)
            except AlreadyEnrolled:
                pass

    def complain(self, person, _who):
        with self.counter(person) as by:
            report_grievance(
                submission=uuid.uuid4(),
                details=Details(category="payment", text="x", phone=""),
                language="km",
                **by,
            )

    def consent(self, person, who):
        home = home_now(person)
        if home is not None:
            with self.counter(person) as by:
                give_consent(
                    household=home,
                    given_by=person,
                    operator_code={"kept": "disability", "merged": "scholarship"}[who],
                    purpose="x",
                    text="x",
                    language="km",
                    **by,
                )

    def take_back(self, person, who):
        """What only the record of an own account agreed to, and what passes with it."""
        home = home_now(person)
        if self.of_import and self.keys[who] == self.registered and home is not None:
            with self.counter(person) as by:
                withdraw_consent(household=home, operator_code="idpoor", **by)

    def phone(self, person, who):
        if who == "kept":
            self.write(person, phone="+85512000111")

    def working(self, person, who):
        if who == "merged":
            self.write(person, working=True)

    def name(self, person, who):
        if who == "merged":
            self.write(person, latin_family_name="Sok", latin_given_name="Malis")

    def write(self, person, **values):
        with transaction.atomic(), PersonWriter() as writer:
            writer.update_person(lock_persons([person.pk])[person.pk], **values)

    def card(self, person, who):
        number = {"kept": "010203111", "merged": "010203222"}[who]
        with transaction.atomic(), PersonWriter() as writer:
            writer.replace_document(person, "identity_card", number)


ACTS = {
    one.__name__: one
    for one in (
        World.enrol_health,
        World.enrol_own,
        World.end_own,
        World.apply_health,
        World.apply_own,
        World.complain,
        World.consent,
        World.take_back,
        World.phone,
        World.working,
        World.name,
        World.card,
    )
}
BEFORE = (
    "enrol_health",
    "enrol_own",
    "apply_health",
    "apply_own",
    "complain",
    "consent",
    "take_back",
    "phone",
    "working",
    "card",
)
SINCE = ("enrol_own", "end_own", "apply_own", "complain", "phone", "working", "name", "consent", "take_back")
acts = st.tuples(st.sampled_from(BEFORE), st.sampled_from(("kept", "merged")))
later = st.tuples(st.sampled_from(SINCE), st.sampled_from(("kept", "merged")))


@pytest.fixture(params=["registered", "imported"])
def world(request, maly, imported, other_maly, programmes, commune_clerk, other_clerk):
    """Of two registrations, or of one and an import: its household was never asked, and consents pass."""
    of_import = request.param == "imported"
    default_team()  # that the first report would make, and the undone one make again under another key
    clerks = {"010201": commune_clerk, "010202": other_clerk}
    return World(imported if of_import else maly, other_maly, programmes, clerks, of_import)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    before=st.lists(acts, max_size=4),
    since=st.lists(later, max_size=4),
    swapped=st.booleans(),
    other_home=st.booleans(),
    chosen=st.sampled_from(list(Side)),
)
def test_a_merge_that_is_undone_leaves_what_had_been_without_it(
    world, two, before, since, swapped, other_home, chosen
):
    keys = world.keys
    if swapped:
        world.keys = {"kept": keys["merged"], "merged": keys["kept"]}
    try:
        with undone():
            for act in before:
                world.act(*act)
            with undone():
                for act in since:
                    world.act(*act)
                never = state()
            kept, merged = world.person("kept"), world.person("merged")
            homes = {"home": home_now(merged)} if other_home else {}
            done = merge(kept=kept, merged=merged, values={"born": chosen}, **homes, **two)
            assigned: dict[str, Side] = {}
            for act in since:
                world.act(*act)
                for one in came_since(done):
                    assigned.setdefault(one.key, Side(act[1]))
            unmerge(merge=done, assigned=assigned, **two)
            found = differences(never, state())
            assert not found, "\n".join(found)
    finally:
        world.keys = keys


RECORDS = 7
"""A family and the same family again, of three each, and somebody who lives alone."""
records = st.integers(0, RECORDS - 1)


def current_record(person: Person) -> Person:
    now = Person.objects.get(pk=person.pk)
    return now.merged_into or now


def made_one(kept: Person, merged: Person, other_home: bool, two) -> Merge | None:
    """None where that cannot be."""
    kept, merged = current_record(kept), current_record(merged)
    homes = {"home": home_now(merged)} if other_home else {}
    try:
        return merge(kept=kept, merged=merged, **homes, **two) if kept != merged else None
    except MergeRefused:
        return None


def foreseen(done: Merge) -> set[int]:
    """Of the two, who is said to live nowhere once they are two; another merge is named, or none."""
    found = without_home(done)
    assert done not in [one.because for one in found]
    words = " ".join(one.words for one in found)
    return {one.pk for one in (done.kept, done.merged) if one.spid_grouped in words}


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    pairs=st.lists(st.tuples(records, records, st.booleans()), min_size=2, max_size=5),
    order=st.lists(st.integers(0, 9), min_size=5, max_size=5),
)
def test_who_will_live_nowhere_is_foreseen(family, family_again, family_of_one, two, pairs, order):  # noqa: F811
    people = [*family, *family_again, members_of(family_of_one)[0].person]
    with undone():
        merges = [made_one(people[kept], people[merged], other, two) for kept, merged, other in pairs]
        left = {one.pk for one in merges if one}
        for which in order[: len(left)]:
            possible = [one for one in Merge.objects.filter(pk__in=left) if not why_not_undo(one)]
            done = possible[which % len(possible)]
            said = foreseen(done)
            undo(done, two)
            left.remove(done.pk)
            both = {done.kept_id, done.merged_id}
            live = set(Membership.objects.current().filter(person__in=both).values_list("person", flat=True))
            assert said == both - live
