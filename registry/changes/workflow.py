"""The states of a request for a change, and every step that leads from one to another."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.casework.workflow import DOCUMENT, Step, Workflow, steps
from dsp_platform.templatetags.site_tags import runs
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest, Person
from registry.phones.selectors import numbers_of

State = ChangeRequest.State
OPEN = ChangeRequest.OPEN_STATES

ASKER = "asker"  # who asks for it, or the official who enters it for them
DECIDER = "decider"  # the commune, its district or a steward
MOVER = "mover"  # who is moved to another household, or the commune they leave
CONCERNED = "concerned"  # members of the household, or the commune it leaves
REGISTRY = "registry"  # what follows from another change

AGREE, OBJECT = "agree", "object"
ENDED, MEMBER_LEFT, MOVED, MERGED, FOLLOWS = "ended", "member_left", "moved", "merged", "follow"
ASKER_LEFT, ASKER_DIED, HOUSEHOLD_CLOSED = "asker_left", "asker_died", "household_closed"
OTHER_MEMBERS, SUCCESSOR = "other_members", "successor"
PARTED = "parted"
SECOND_PERSON, NO_SECOND_PERSON = "second_person", "no_second_person"  # which kinds of change need one

# fmt: off
STEPS = steps(
    Step("ask", ASKER, (), State.WAITING, _("Request received")),
    # Asked and done at once.
    Step("apply", ASKER, (State.WAITING,), State.APPLIED, _("The change was made"), only=NO_SECOND_PERSON),
    Step("yes", MOVER, OPEN, "", _("The person who moves agreed")),
    Step("ask_anew", MOVER, OPEN, "", _("What the move would do changed: the person is asked anew")),
    Step("no", MOVER, OPEN, State.REFUSED, _("The person who moves did not agree"), needs_note=True),
    Step(AGREE, CONCERNED, OPEN, "", _("Somebody whom it concerns agreed")),
    # Ends nothing: from now on the district decides.
    Step(OBJECT, CONCERNED, OPEN, "", _("Somebody whom it concerns does not agree"), unassigns=True),
    Step("approve", DECIDER, OPEN, State.APPLIED, _("The change was made"),
         button=_("Make the change"), sms="change_approve"),
    Step("ask_more", DECIDER, OPEN, State.MORE_ASKED, _("A document is asked for"),
         button=_("Ask for a document"), needs_note=True, sms="change_ask_more"),
    Step(DOCUMENT, ASKER, (State.MORE_ASKED,), State.WAITING, _("Document received")),
    Step("refuse", DECIDER, OPEN, State.REFUSED, _("The change was not made"),
         button=_("Do not make the change"), needs_note=True, sms="change_refuse"),
    Step("withdraw", ASKER, OPEN, State.WITHDRAWN, _("Taken back")),
    # Says no more than that: who asked may not know whom the reason is about.
    Step(ENDED, REGISTRY, OPEN, State.ENDED, _("Ended: it cannot be done any more"), sms="change_ended"),
    Step(MEMBER_LEFT, REGISTRY, OPEN, State.ENDED,
         _("Ended: a member whom it names is no member of the household any more"), sms="change_ended"),
    Step(OTHER_MEMBERS, REGISTRY, OPEN, State.ENDED,
         _("Ended: the household has other members than when this was asked"), sms="change_ended"),
    Step(MOVED, REGISTRY, OPEN, State.ENDED, _("Ended: the household has moved meanwhile"),
         sms="change_ended"),
    Step(MERGED, REGISTRY, OPEN, State.ENDED,
         _("Ended: the person was registered twice, and only one record goes on"), sms="change_ended"),
    Step(PARTED, REGISTRY, OPEN, "", _("Open again: the two records are of two persons")),
    Step(ASKER_LEFT, REGISTRY, OPEN, State.ENDED,
         _("Ended: whoever asked is no member of the household any more"), sms="change_ended"),
    Step(HOUSEHOLD_CLOSED, REGISTRY, OPEN, State.ENDED,
         _("Ended: the household has no members any more"), sms="change_ended"),
    # Without a text message: their phone may be with anybody.
    Step(ASKER_DIED, REGISTRY, OPEN, State.ENDED, _("Ended: whoever asked has died")),
    Step(FOLLOWS, REGISTRY, OPEN, "", _("It goes on where the person or the household lives now"),
         unassigns=True),
    Step(SUCCESSOR, REGISTRY, (State.APPLIED,), "",
         _("Who leads the household now, or how somebody is related to them, is not what was told: "
           "tell it by “Another head of household”"), sms="change_successor"),
)
# fmt: on


class ChangeWorkflow(Workflow[ChangeRequest]):
    steps = STEPS
    open_states = OPEN
    subject_kind = "change"
    note_length = 1000
    note_missing = _("Write a note: the person who asked will read it.")
    not_yours = _("You entered this request yourself, so somebody else must decide it.")
    select_related = ("person", "asked_by", "asked_for", "mover")

    def kind_of(self, item: ChangeRequest) -> str:
        return NO_SECOND_PERSON if KINDS[item.kind].at_once else SECOND_PERSON

    def decide(
        self,
        request: ChangeRequest,
        name: str,
        *,
        actor: User,
        note: str,
        assisted_session: AssistedSession | None = None,
    ) -> None:
        """``take_step``, by whoever is remembered as the one who decided."""
        request.decided_by, request.decided_at = actor, timezone.now()
        self.take_step(
            request,
            name,
            actor=actor,
            note=note,
            assisted_session=assisted_session,
            fields=["decided_by", "decided_at"],
        )

    def audit_step(
        self,
        item: ChangeRequest,
        step: Step,
        *,
        actor: User | None,
        reason: str,
        assisted_session: AssistedSession | None,
    ) -> None:
        audit.record(
            actor=actor,
            action=f"change_{step.name}",
            subject_kind="person",
            subject_id=item.person_id or item.asked_for_id,
            reason=item.kind,
            assisted_session_id=assisted_session.pk if assisted_session else None,
            details={"change": item.reference},
        )

    def phones_of(self, item: ChangeRequest) -> list[str]:
        return self.own_phones(item)[:1]

    def own_phones(self, request: ChangeRequest) -> list[str]:
        """Of whoever asked, not of the head: it may be a secret. A number that a citizen typed only where an
        official asked for them."""
        # As they are now: they may have died by the very change.
        asker = Person.objects.select_related("account").get(pk=request.asked_for_id)
        return numbers_of(asker, with_typed=not request.asked_by.is_citizen)

    def overtaken_by(self, item: ChangeRequest) -> str:
        if item.is_open:
            return str(_("Nothing was saved: something was added meanwhile. Read it, then decide."))
        last = item.events.select_related("actor").last()
        official = last.actor if last and last.actor and not last.actor.is_citizen else None
        who = runs(official) if official else _("the person who asked")
        words = _("Nothing was saved: %(who)s was first. The request is now “%(state)s”.")
        return format_html(str(words) % {"who": "{}", "state": "{}"}, who, item.get_state_display())


change_workflow = ChangeWorkflow()
