"""Random lives: households change in every way that the table of kinds knows, by what officials enter and
decide at the counter, and sometimes wait for a decision meanwhile."""

import random
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from applications.services import submit_application
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.errors import StepRefused
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.wizard.questions import Key
from grievances.services import Details, report_grievance
from registry.beneficiaries.enrolment import enrol
from registry.changes.context import HouseholdContext, may_head, nobody
from registry.changes.kinds import HOUSEHOLD, KINDS, Kind
from registry.changes.moves.services import agree_to_registration
from registry.changes.moves.terms import registration_terms
from registry.changes.selectors import household_context
from registry.changes.services import ask_change, decide_change
from registry.changes.wizard import ChangeWizard
from registry.consents.services import give_consent, withdraw_consent
from registry.errors import RegistrationError
from registry.models import ChangeRequest, Household, Membership, Person, Programme
from registry.persons.circumstances import questions_for
from registry.persons.households import household_of
from registry.persons.writer import PersonWriter
from registry.phones.selectors import confirmation_contact
from registry.plausibility.wizard import RARE, Implausible
from registry.registration.answers import HEAD_ID, answers_to_details
from registry.registration.returns import with_record
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details, said_right
from tests.registry.changes.cast import NO_PAPER, agree, heard
from tests.registry.changes.moves.test_moves import say_yes

VILLAGES = ("01020101", "01020201")
GIVEN = ("សុខា", "ដារា", "ស្រីមុំ", "បុប្ផា")  # few, so that two of a household have the same name
RELATIVES = ("spouse", "child", "parent", "sibling", "grandchild", "other_relative", "not_related")
REFUSED = (StepRefused, RegistrationError)


class Walk:
    """``clerks``: by commune, one who enters and one who decides. Nobody decides what they entered."""

    def __init__(self, seed: int, clerks: dict[str, tuple[User, User]], steward: User, programme: Programme):
        self.random = random.Random(seed)
        self.clerks, self.steward, self.programme = clerks, steward, programme
        self.target: Person | None = None
        self.done: list[str] = []
        self.by_question: dict[str, Callable[[Any], dict[str, Any]]] = {
            RARE: self._rare,
            "who": self._who,
            "name": self._name,
            "sex": self._sex,
            "birth": self._birth,
            "document": self._document,
            "relationship": self._relationship,
            "mother": self._mother,
            "known": self._known,
            "living": self._living,
            "where": self._where,
            "place": self._place,
            "head": self._head,
            "relationships": self._relationships,
            "died": self._died,
            "address": self._address,
            "phone": self._phone,
            "circumstances": self._circumstances,
            "payee": self._payee,
        }

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
    def session(self, official: User, subject_id: int | None = None):
        session = AssistedSession.objects.create(
            official=official, subject_id=subject_id, reason="account", consent_text="x"
        )
        yield session
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
            return register_household(actor=official, details=details, assisted_session=session)

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
        ]
        act = self.random.choices([one for one, _ in acts], [weight for _, weight in acts])[0]
        try:
            with transaction.atomic():
                act()
        except REFUSED as error:
            self.done.append(f"  refused: {type(error).__name__} {error}")

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
            return ask_change(kind=kind, answers=answers, actor=official, assisted_session=session)

    def answers(self, kind: Kind, context: HouseholdContext) -> dict[str, Any] | None:
        """To every question that the wizard asks."""
        wizard = ChangeWizard(kind, context, {})
        if kind.needs_successor and len(context.members) < 2 and not wizard.choices:
            return None
        if kind.whom is not nobody and not wizard.choices:
            return None
        self.target = None
        while not wizard.is_complete:
            key = wizard.first_open()
            answer = self.by_question[key.name](wizard)
            try:
                wizard.require_possible(key, answer)
            except Implausible:
                return None  # what cannot be, or changes nothing, is refused
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
            if phone:
                say_yes(request, decider, phone)
            else:
                agree(request, self.steward)
        request.refresh_from_db()
        self.done.append(f"{decision} {request.kind} {request.reference}")
        decide_change(
            request=request, decision=decision, note="x", actor=decider, expected_version=request.version
        )
        # Long ago when the next one is asked.
        then = timezone.now() - timedelta(days=9)
        ChangeRequest.objects.filter(pk=request.pk).update(asked_at=then, decided_at=then)

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
            if household_of(subject) is not None:
                self.done.append(f"apply {subject.spid}")
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
        with self.with_person(self.random.choice(self.living())) as (subject, official, session):
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

    def merge(self) -> None:
        """Somebody was registered twice: alone, or as a member who heads nobody."""
        living = self.living()
        if len(living) < 2:
            return
        double, kept = self.random.sample(living, 2)
        membership = double.memberships.filter(ended_on=None).select_related("household", "person").first()
        home = membership.household if membership else None
        alone = home is not None and home.memberships.filter(ended_on=None).count() == 1
        if membership is not None and membership.relationship == "head" and not alone:
            return
        self.done.append(f"merge {double.spid} into {kept.spid}")
        with PersonWriter() as writer:
            writer.update_person(double, merged_into=kept)
            if membership is not None:
                writer.update_membership(membership, ended_on=timezone.localdate())
            if alone:
                writer.update_household(home, closed_on=timezone.localdate())

    # --- answers, by question

    def _rare(self, wizard):
        facts = [one.fact for one in wizard.asked_about(Key(RARE))]
        return {"right": "yes", "confirmed": facts}

    def _who(self, wizard):
        return {"person": self.random.choice(wizard.choices).person.spid}

    def _name(self, _wizard):
        given = self.random.choice(GIVEN)
        return {"family_name": "សុខ", "given_name": given, "latin_family_name": "", "latin_given_name": ""}

    def _sex(self, _wizard):
        return {"sex": self.random.choice(("female", "male"))}

    def _birth(self, wizard):
        if self.target is not None:
            return {"born": str(self.target.born)}
        years = (0, 0) if wizard.kind.code == "birth" else (20, 50) if wizard.kind.marries else (1, 70)
        born = timezone.localdate() - timedelta(days=365 * self.random.randint(*years) + 3)
        return {"born": self._known_to(born)}

    def _known_to(self, day: date) -> str:
        """The day, the month or the year of it."""
        return str(PartialDate(day, self.random.choice(("year", "month", "day"))))

    def _document(self, wizard):
        if wizard.kind.is_correction:
            return {"document_type": "family_book", "document_number": str(self.random.randint(1, 99999))}
        return NO_PAPER

    def _relationship(self, wizard):
        return {"relationship": self.random.choice(("child",) if wizard.kind.code == "birth" else RELATIVES)}

    def _mother(self, wizard):
        mothers = [one.person.spid for one in wizard.context.members if one.person.sex == "female"]
        return {"mother": self.random.choice(["none", *mothers])}

    def _known(self, wizard):
        """Half of them are registered: in another household, or in none."""
        here = {one.person_id for one in wizard.context.members}
        others = [one for one in self.living() if one.pk not in here]
        self.target = self.random.choice(others) if others and self.random.random() < 0.5 else None
        if self.target is None:
            return {"has_spid": "no", "spid": ""}
        return {"has_spid": "yes", "spid": self.target.spid}

    def _living(self, _wizard):
        return {"living": self.random.choice(("here", "elsewhere"))}

    def _where(self, _wizard):
        return {"where": self.random.choice(("own", "elsewhere"))}

    def _place(self, _wizard):
        return {"village_code": self.random.choice(VILLAGES), "address": ""}

    def _remaining(self, wizard) -> list[Membership]:
        return [one for one in wizard.context.members if one.person != wizard.person]

    def _head(self, wizard):
        others = [one for one in self._remaining(wizard) if one.relationship != "head"]
        return {"person": self.random.choice(may_head(others)).person.spid}

    def _relationships(self, wizard):
        head = wizard.answers["head"]["person"]
        rest = [one.person.spid for one in self._remaining(wizard) if one.person.spid != head]
        return dict.fromkeys(rest, "other_relative")

    def _died(self, wizard):
        day = max(wizard.person.date_of_birth, timezone.localdate() - timedelta(self.random.randint(0, 300)))
        return {"died": self._known_to(day)}

    def _address(self, _wizard):
        return {"address": f"ផ្ទះ {self.random.randint(1, 99)}"}

    def _phone(self, _wizard):
        return {"phone": f"+85512{self.random.randint(100000, 999999)}"}

    def _circumstances(self, wizard):
        """A child is asked other questions than somebody grown, a baby none."""
        person = wizard.person
        asked = questions_for({"born": str(person.born), "sex": person.sex})
        for name in ("working", "studying"):
            if name in asked:
                return {name: "no" if getattr(person, name) else "yes"}
        return {"difficulty": self.random.choice(("none", "unknown"))}

    def _payee(self, wizard):
        return {"person": self.random.choice(wizard.context.members).person.spid}
