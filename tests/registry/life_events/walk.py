"""Random lives: households change in every way that the table of kinds knows, by what officials enter and
decide at the counter, and sometimes wait for a decision meanwhile."""

import random
import uuid
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from applications.errors import AlreadyEnrolled
from applications.models import Application
from applications.services import submit_application
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.approval.services import approve
from dsp_platform.casework.errors import StepRefused
from dsp_platform.khmer.dates import PartialDate
from grievances.services import Details, report_grievance
from registry.beneficiaries.enrolment import enrol
from registry.changes.context import HouseholdContext, nobody
from registry.changes.hearings.services import inform_late
from registry.changes.kinds import HOUSEHOLD, KINDS, Kind
from registry.changes.moves.movers import leads_others
from registry.changes.moves.services import agree_to_registration
from registry.changes.moves.terms import registration_terms
from registry.changes.selectors import household_context
from registry.changes.services import decide_change
from registry.changes.wizard import ChangeWizard
from registry.consents.services import give_consent, withdraw_consent
from registry.deaths.approvals import propose_undo
from registry.errors import (
    AlreadyAsked,
    ConfirmationMissing,
    DocumentTaken,
    MergeRefused,
    NoMatchingPerson,
    Outdated,
    RegistrationError,
    ReportedDead,
    TermsChanged,
)
from registry.merging.services import merge
from registry.models import (
    ChangeRequest,
    Consent,
    Enrolment,
    Household,
    IdentityDocument,
    Membership,
    Person,
    Programme,
)
from registry.persons.households import household_of
from registry.phones.selectors import confirmation_contact
from registry.plausibility.wizard import Implausible
from registry.registration.answers import HEAD_ID, answers_to_details
from registry.registration.returns import with_record
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details, said_right
from tests.registry.changes.cast import agree, heard
from tests.registry.changes.moves.test_moves import say_yes
from tests.registry.life_events.alike import ask_for_another, register_as_others
from tests.registry.life_events.answering import GIVEN, VILLAGES, Answering

REFUSED = (StepRefused, RegistrationError)
# Asked by the same person before and waiting; or by others who have changed meanwhile what it rests on.
WAITS, RESTS = AlreadyAsked, Outdated
CONSENTS = (ConfirmationMissing, TermsChanged, NoMatchingPerson, ReportedDead)  # of who moves
MAY_REFUSE: dict[str, tuple[type[Exception], ...]] = {
    "birth": (RESTS,),
    "joins": (RESTS, *CONSENTS),
    "marriage": (WAITS, RESTS, *CONSENTS),
    "leaves": (WAITS, RESTS, *CONSENTS),
    "death": (WAITS, RESTS),
    "decide death": (),  # whatever has become of the household
    "head": (WAITS, RESTS),
    "take-back": (WAITS, RESTS),
    "move": (WAITS, RESTS),
    "address": (),
    "phone": (),
    "circumstances": (),
    "payee": (WAITS, RESTS),
    "name": (WAITS, RESTS),
    "sex": (WAITS, RESTS),
    "birth-date": (WAITS, RESTS),
    "document": (WAITS, RESTS, DocumentTaken),
    "apply": (AlreadyEnrolled,),
}
"""By kind of change and by act: the errors with which it may be refused. Any other is a fault."""


WRITTEN = (Person, Household, Membership, IdentityDocument, Consent, Enrolment, Application)


def registry_now() -> tuple[str | None, ...]:
    """Of all rows that an act may write."""
    tables = [kind._meta.db_table for kind in WRITTEN]
    each = [f"(SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM {table} t)" for table in tables]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(each)}")
        return tuple(cursor.fetchone())


class Walk(Answering):
    """``clerks``: by commune, one who enters and one who decides. Nobody decides what they entered."""

    def __init__(
        self,
        seed: int,
        clerks: dict[str, tuple[User, User]],
        stewards: tuple[User, User],
        programme: Programme,
    ):
        self.random = random.Random(seed)
        self.clerks, self.stewards, self.programme = clerks, stewards, programme
        self.target: Person | None = None
        self.forced: dict[str, dict[str, Any]] = {}
        """Answers to some questions that are not left to chance."""
        self.done: list[str] = []

    # --- who

    def living(self) -> list[Person]:
        return list(Person.objects.filter(died_on=None, merged_into=None).order_by("pk"))

    def clerk(self, person: Person, which: int = 0) -> User:
        return self.clerks[person.village_id[:6]][which]

    @contextmanager
    def with_person(self, person: Person):
        """At the counter of the commune where they live."""
        fresh = Person.objects.get(pk=person.pk)
        official = self.clerk(fresh)
        with self.session(official, fresh.pk) as session:
            yield fresh, official, session

    @contextmanager
    def refusing(self, what: str):
        """What may be refused: with an error that is expected of it, and nothing of the registry changes."""
        before = registry_now()
        try:
            yield
        except REFUSED as error:
            self.done.append(f"  {what} refused: {type(error).__name__} {error}")
            if type(error) not in MAY_REFUSE.get(what, ()) or registry_now() != before:
                raise AssertionError(what) from error
            raise

    @contextmanager
    def session(self, official: User, subject_id: int | None = None):
        session = AssistedSession.objects.create(
            official=official, subject_id=subject_id, reason="account", consent_text="x"
        )
        try:
            yield session
        finally:
            self._end(session)

    def _end(self, session: AssistedSession) -> None:
        open_one = AssistedSession.objects.filter(pk=session.pk, ended_at=None)
        open_one.update(ended_at=timezone.now(), end=AssistedSession.End.CLOSED)

    # --- what happens

    def register(self, size: int | None = None) -> Household:
        """One to eight persons; sometimes children alone."""
        size, orphans = size or self.random.randint(1, 8), self.random.random() < 0.2
        phone = self._number()
        members = [
            person_details(
                given_name=self.random.choice(GIVEN),
                latin_given_name="",
                latin_family_name="",
                sex=self.random.choice(("female", "male")),
                born=PartialDate(date(2012 if orphans else 1980, 1, 1 + index)),
                relationship="head" if index == 0 else self.random.choice(("sibling", "other_relative")),
                phone=phone if index == 0 else "",
            )
            for index in range(size)
        ]
        village = self.random.choice(VILLAGES)
        official = self.clerks[village[:6]][0]
        details = said_right(household_details(*members, village_code=village))
        with self.session(official) as session:
            return register_as_others(actor=official, details=details, assisted_session=session)

    def _number(self) -> str:
        return f"+85512{self.random.randint(100000, 999999)}" if self.random.random() < 0.6 else ""

    def step(self) -> None:
        acts: list[tuple[Callable[[], None], int]] = [
            (self.change, 12),
            (self.decide_one, 5),
            (self.found_again, 2),
            (self.apply, 2),
            (self.complain, 2),
            (self.consent, 2),
            (self.enrol, 1),
            (self.merge, 1),
            (self.undo_death, 1),
        ]
        act = self.random.choices([one for one, _ in acts], [weight for _, weight in acts])[0]
        with suppress(*REFUSED):
            act()

    def change(self) -> None:
        person = self.random.choice(self.living())
        kinds = list(KINDS.values())
        weights = [3 if kind.group is HOUSEHOLD else 1 for kind in kinds]
        kind = self.random.choices(kinds, weights)[0]
        request = self.ask(person, kind)
        if request is not None and request.is_open and self.random.random() < 0.7:
            self.decide(request)

    def ask(self, person: Person, kind: Kind) -> ChangeRequest | None:
        """None where the person lives in no household, or nobody can be meant."""
        with self.with_person(person) as (subject, official, session):
            context = household_context(official, session)
            if context is None:
                return None
            answers = self.answers(kind, context)
            if answers is None:
                return None
            self.done.append(f"{kind.code} by {subject.spid}: {answers}")
            with self.refusing(kind.code):
                return ask_for_another(context, kind, answers, actor=official, assisted_session=session)

    def answers(self, kind: Kind, context: HouseholdContext) -> dict[str, Any] | None:
        """To every question that the wizard asks."""
        wizard = ChangeWizard(kind, context, {})
        if not kind.is_offered(context):
            return None
        if kind.needs_successor and len(context.members) < 2 and not wizard.choices:
            return None
        if kind.whom is not nobody and not wizard.choices:
            return None
        self.target = None
        while not wizard.is_complete:
            key = wizard.first_open()
            answer = self.forced.get(key.name) or self.answer_to(key.name, wizard)
            try:
                wizard.require_possible(key, answer)
            except Implausible:
                return None  # what cannot be, or changes nothing
            wizard.put(key, answer)
            if not wizard.is_done(key):
                return None
        return wizard.answers

    def decide(self, request: ChangeRequest, decision: str = "approve") -> None:
        """Where it is to be decided, after all were heard and who moves has agreed."""
        heard(request)
        decider = self.clerks[request.village_id[:6]][1]
        if decision == "approve" and request.mover is not None and not request.confirmation:
            phone = confirmation_contact(request.mover)[0]
            if leads_others(request):
                return  # it waits until that household has a new head
            if phone:
                say_yes(request, decider, phone)
            else:
                agree(request, self.stewards[0])
        request.refresh_from_db()
        self.done.append(f"{decision} {request.kind} {request.reference}")
        if KINDS[request.kind].person_dies:
            decision = self._of_death(request, decision)
        act = f"decide {request.kind}"
        with self.refusing(act if act in MAY_REFUSE else request.kind):
            decide_change(
                request=request, decision=decision, note="x", actor=decider, expected_version=request.version
            )
        # Long ago when the next one is asked.
        then = timezone.now() - timedelta(days=9)
        ChangeRequest.objects.filter(pk=request.pk).update(asked_at=then, decided_at=then)

    def _of_death(self, request: ChangeRequest, decision: str) -> str:
        """When a household to which the person went was heard too. No death is before a birth that was
        corrected since."""
        inform_late(request)
        heard(request)
        born = Person.objects.get(pk=request.person_id).born
        died = PartialDate.parse(request.answers["died"]["died"])
        return "refuse" if died.last < born.first else decision

    def decide_one(self) -> None:
        waiting = list(ChangeRequest.objects.filter(state__in=ChangeRequest.OPEN_STATES).order_by("pk"))
        if waiting:
            self.decide(self.random.choice(waiting), self.random.choice(("approve", "approve", "refuse")))

    def found_again(self) -> None:
        """Somebody who lives in no household founds one."""
        away = [one for one in self.living() if household_of(one) is None]
        if away:
            self.found(self.random.choice(away))

    def found(self, person: Person) -> Household:
        with self.with_person(person) as (subject, official, session):
            answers = with_record({}, subject) | {
                "consent": {"agree": True, "operators": [], "text": "x", "language": "km"},
                "place": {"village_code": subject.village_id, "address": ""},
            }
            details = said_right(answers_to_details(answers))
            self.done.append(f"found {subject.spid}")
            phone = confirmation_contact(subject)[0]
            if phone:
                self._agree_to_found(subject, official, session, details, phone)
            with self.refusing("found"):
                return register_household(actor=official, details=details, assisted_session=session)

    def _agree_to_found(self, person, official, session, details, phone) -> None:
        agree_to_registration(
            person=person,
            phone=phone,
            details=details,
            member=HEAD_ID - 1,
            shown=registration_terms(details, HEAD_ID - 1, person).shown,
            assisted_session=session,
            actor=official,
        )

    def apply(self) -> None:
        self.apply_for(self.random.choice(self.living()))

    def apply_for(self, person: Person, programme: Programme | None = None) -> None:
        with self.with_person(person) as (subject, official, session):
            if household_of(subject) is None:
                return
            self.done.append(f"apply {subject.spid}")
            with self.refusing("apply"):
                submit_application(
                    actor=official,
                    assisted_session=session,
                    person=subject,
                    programme=programme or self.programme,
                    consent=True,
                )

    def complain(self) -> None:
        self.complain_of(self.random.choice(self.living()))

    def complain_of(self, person: Person) -> None:
        with self.with_person(person) as (_subject, official, session):
            report_grievance(
                actor=official,
                assisted_session=session,
                submission=uuid.UUID(int=self.random.getrandbits(128)),
                details=Details(category="payment", text="x", phone=person.phone),
                language="km",
            )

    def consent(self) -> None:
        self.consent_of(self.random.choice(self.living()))

    def consent_of(self, person: Person) -> None:
        """Given, or taken back."""
        with self.with_person(person) as (subject, official, session):
            home = household_of(subject)
            if home is None:
                return
            by = {"household": home, "operator_code": "nssf", "actor": official, "assisted_session": session}
            if home.consents.filter(operator_code="nssf", withdrawn_at=None).exists():
                withdraw_consent(**by)
            else:
                give_consent(given_by=subject, purpose="x", text="x", language="km", **by)

    def enrol(self) -> None:
        enrol(person=self.random.choice(self.living()), programme=self.programme, since=date(2026, 1, 5))

    def merge(self) -> bool:
        """Somebody was registered twice: alone, or as a member who heads nobody."""
        living = self.living()
        if len(living) < 2:
            return False
        double, kept = self.random.sample(living, 2)
        self.done.append(f"merge {double.spid} into {kept.spid}")
        entered, approved = self.stewards
        try:
            merge(kept=kept, merged=double, actor=entered, approved_by=approved)
        except MergeRefused:
            return False
        return True

    def undo_death(self) -> bool:
        dead = Person.objects.filter(merged_into=None).exclude(died_on=None).order_by("-pk").first()
        if dead is None:
            return False
        self.done.append(f"undo the death of {dead.spid}")
        entered, approved = self.stewards
        proposal = propose_undo(person=dead, actor=entered, reason="x")
        approve(proposal=proposal, actor=approved, digest=proposal.digest)
        return True
