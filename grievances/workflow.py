"""The states of a grievance, and every step that leads from one to another."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.workflow import Source
from dsp_platform.accounts.models import User
from dsp_platform.casework.deadlines.timetable import Timetable
from dsp_platform.casework.workflow import ANSWER, DOCUMENT, QUESTION, Step, Workflow, steps
from dsp_platform.exchange.ledger import services as exchange
from dsp_platform.working_days.calendar import day_of, end_of
from grievances.categories import CHOSEN, Category
from grievances.deadlines.table import TIMETABLES
from grievances.models import Grievance, GrievanceEvent
from grievances.routing.table import UPWARDS
from registry.phones.selectors import contact_phone, numbers_lost, proved_numbers

State = Grievance.State
OPEN = Grievance.OPEN_STATES
CLOSED = (State.RESOLVED, State.DISMISSED)

REPORTER = "reporter"  # who has reference and PIN, or is known to have reported it
HANDLER = "handler"  # staff of the operator it is about, or a steward
REGISTRY = "registry"  # what became known of the person
CLOCK = "clock"  # a deadline that has passed
STEWARD = "steward"  # who also sees those that name no operator
RULE = "rule"  # what follows from a step of another report

APPEAL, COMPLAINT = "appeal", "complaint"  # the two kinds of grievance

CHANGED, ANSWERED, ASKED = "grievance_changed", "appeal_answered", "grievance_asked"  # text messages
ADDED = "grievance_added"
# fmt: off
STEPS = steps(
    Step("report", REPORTER, (), State.REPORTED, _("Report received")),
    Step("take_up", HANDLER, (State.REPORTED,), State.IN_REVIEW, _("We are looking into it"),
         button=_("Look into it")),
    # A second question may follow before the first one is answered.
    Step(QUESTION, HANDLER, OPEN, State.MORE_ASKED, _("A question to the person who reported"),
         button=_("Ask the person who reported"), needs_note=True, sms=ASKED),
    Step(ANSWER, REPORTER, (State.MORE_ASKED,), State.IN_REVIEW, _("Answer received"), needs_note=True),
    Step(DOCUMENT, REPORTER, (State.MORE_ASKED,), State.IN_REVIEW, _("The question was answered by a file")),
    # Chosen wrongly, or known better by now: its team and its deadlines follow.
    Step("recategorise", HANDLER, OPEN, State.REPORTED, _("It is about something else than was thought"),
         button=_("It is about something else"), needs_note=True, reasons=CHOSEN, unassigns=True,
         only=COMPLAINT),
    # Not for this team to answer. Not while the person is asked: the clock stands.
    Step("pass_up", HANDLER, (State.REPORTED, State.IN_REVIEW), State.REPORTED,
         _("Passed to the level above"), button=_("Pass to the level above"), needs_note=True,
         unassigns=True, only=COMPLAINT),
    # Nobody of the team did it in time.
    Step("escalate", CLOCK, OPEN, "", _("Late: passed to the level above"), unassigns=True),
    # Until it is resolved the person gets an answer at least once.
    Step("inform", HANDLER, (State.IN_REVIEW,), "", _("How far it is"),
         button=_("Tell the person how far it is"), needs_note=True, sms=CHANGED),
    Step("resolve", HANDLER, OPEN, State.RESOLVED, _("Answer"),
         button=_("Answer"), needs_note=True, sms=CHANGED, only=COMPLAINT),
    # Closing without action is an answer too, so it needs words.
    Step("dismiss", HANDLER, OPEN, State.DISMISSED, _("Closed without action"),
         button=_("Close without action"), needs_note=True, sms=CHANGED, only=COMPLAINT),
    # Back to the start: the operator it now belongs to has not seen it yet. An appeal stays with the operator
    # of the decision.
    Step("pass_on", STEWARD, OPEN, State.REPORTED, _("Passed on to the right operator"),
         button=_("Pass on to another operator"), unassigns=True, only=COMPLAINT),
    # The application stays as it was decided, or goes back into review.
    Step("uphold", HANDLER, OPEN, State.UPHELD, _("The decision stands"),
         button=_("The decision stands"), needs_note=True, sms=ANSWERED, only=APPEAL),
    Step("overturn", HANDLER, OPEN, State.OVERTURNED, _("The decision is taken anew"),
         button=_("The decision was wrong: decide anew"), needs_note=True, sms=ANSWERED, only=APPEAL),
    Step("mark_repeat", HANDLER, OPEN, "", _("It is looked into together with another report"),
         button=_("Mark as a repeat of another report"), only=COMPLAINT),
    Step("unmark_repeat", HANDLER, OPEN, "", _("It is looked into by itself again"),
         button=_("It is no repeat"), only=COMPLAINT),
    # One of the two goes to another team, or became a sensitive one: no answer fits both any more.
    Step("part", RULE, OPEN, "", _("It is looked into by itself again"), only=COMPLAINT),
    Step("inherit", REGISTRY, OPEN, "",
         _("The person who reported has died: the head of the household follows the report now")),
    # While a question waits, words are the answer to it.
    Step("add", REPORTER, (State.REPORTED, State.IN_REVIEW), "", _("You added"), needs_note=True),
    # Not solved: it is looked into once more, by others than before, also where nothing is written: not
    # everybody writes. An appeal is answered once.
    Step("reopen", REPORTER, CLOSED, State.REPORTED, _("You asked us to look again"),
         unassigns=True, only=COMPLAINT),
    Step("rate", REPORTER, CLOSED, "", _("What you say of the answer"),
         reasons=dict(Grievance.Satisfaction.choices), only=COMPLAINT),
)
# fmt: on


# How long after the answer the reporter may say that it is not solved.
REOPENED_WITHIN = timedelta(days=14)


def may_reopen(grievance: Grievance) -> bool:
    """Once."""
    return grievance.reopened_at is None and is_recent(grievance)


def is_recent(grievance: Grievance) -> bool:
    """It was answered, and not long ago."""
    until = reopened_until(grievance)
    return until is not None and timezone.now() <= until


def reopened_until(grievance: Grievance) -> datetime | None:
    """The end of the last day on which the answer may be called no solution; None while there is none."""
    answered_at = grievance.answered_at
    return None if answered_at is None else end_of(day_of(answered_at + REOPENED_WITHIN))


class GrievanceWorkflow(Workflow[Grievance]):
    steps = STEPS
    open_states = OPEN
    subject_kind = "grievance"
    note_length = 5000
    not_allowed = _("This step is not possible any more. Look at the report again.")
    not_yours = _("You reported this yourself, so somebody else must handle it.")
    note_missing = _("Write the answer or the question: the person will read it.")
    reason_missing = _("Choose whether it is solved.")

    def kind_of(self, item: Grievance) -> str:
        return APPEAL if item.category == Category.APPEAL else COMPLAINT

    def is_allowed(self, item: Grievance, step: Step) -> bool:
        return super().is_allowed(item, step) and self._is_open_to(item, step.name)

    def _is_open_to(self, item: Grievance, step: str) -> bool:
        match step:
            case "reopen":
                return may_reopen(item)
            case "pass_up":
                return not item.team.is_default  # every other has a level above
            case "mark_repeat":
                return item.repeat_of_id is None and not item.told_in_secret
            case "unmark_repeat":
                return item.repeat_of_id is not None
            case _other:
                return True

    def take_step(self, item: Grievance, name: str, **values: Any) -> None:
        """Reports that are answered together are with one team: whichever is given to another, or becomes
        sensitive, goes on by itself."""
        if name in UPWARDS or _way(item) != _way(Grievance.objects.get(pk=item.pk)):
            self.part(item)
        super().take_step(item, name, **values)

    def part(self, item: Grievance) -> None:
        """From what it repeats, and from what repeats it. The caller has locked it, and takes the step that
        parts them next."""
        if item.repeat_of_id is not None:
            self._go_on_alone(item)
            # Not a version by itself: whoever sends the same form twice is not told that somebody was first.
            self.record_step(item, "part", actor=None)
        for repeat in item.repeats.order_by("pk"):
            repeat = self.lock(repeat)
            if repeat.repeat_of_id == item.pk:
                self.part_repeat(repeat)

    def part_repeat(self, repeat: Grievance) -> None:
        """The caller has locked it. An answered one was answered: nothing more is told of it."""
        self._go_on_alone(repeat)
        if repeat.is_open:
            super().take_step(repeat, "part", actor=None)

    def _go_on_alone(self, repeat: Grievance) -> None:
        repeat.repeat_of = None
        repeat.save(update_fields=["repeat_of"])

    def after_step(self, item: Grievance, actor: User | None) -> None:
        exchange.announce(kind="grievance", subjects=[(item.pk, item.version)])

    def timetable(self, item: Grievance) -> Timetable:
        return TIMETABLES[item.category]

    def phones_of(self, item: Grievance) -> list[str]:
        """Of an appeal the applicant's number of today, as for the application's own texts: the one of the
        day it was filed may be somebody else's by now.

        Of a report the number that was proved for it, and no other, also where it is about an application:
        the texts of that may go to the head of the household, whom the report may be about. Reference and
        PIN still show the answer.
        """
        if item.decision_id and item.application is not None:
            phone = contact_phone(item.application.person)
            return [phone] if phone else []
        return self.numbers_in_reach(item)

    def tell_added(self, item: Grievance, actor: User | None) -> None:
        """What an official does for the person is told to the person, wherever that was."""
        if actor is not None and not actor.is_citizen:
            self.send_text_daily(item, ADDED)

    def numbers_in_reach(self, item: Grievance) -> list[str]:
        """What proves to be the reporter: of an appeal the applicant's own proved number of today, never
        another member's, of a report the number that was proved for it. None once it may be somebody else's:
        they have died, or lost it."""
        application = item.application if item.decision_id else None
        person = application.person if application else item.person
        person = person and (person.merged_into or person)
        proved = [item.phone] if item.phone and item.phone_confirmed_at else []
        if person is None:
            return proved
        if application:
            return proved_numbers(person)
        lost = numbers_lost(person)
        return [] if person.died_on else [number for number in proved if number not in lost]

    def taken_by(self, event: GrievanceEvent) -> str:
        if self.steps[event.step].side == CLOCK:
            return str(_("the deadline"))
        if self.steps[event.step].side == RULE:
            return str(_("a step of the other report"))
        if event.source == Source.OPERATOR:
            return str(_("the operator's own system"))
        return str(event.actor if event.actor and event.actor.is_staff else _("the person who reported"))


def _way(item: Grievance) -> tuple[object, ...]:
    return item.team_id, item.operator_id, item.told_in_secret


grievance_workflow = GrievanceWorkflow()
ANSWERS = grievance_workflow.decided_by(HANDLER)
SAYS_MORE = ("add", ANSWER, "reopen")
"""Steps with which the reporter says more."""
