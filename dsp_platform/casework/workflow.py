"""The steps of one kind of casework as a table, and the taking of a step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.casework.deadlines.models import TimedItem
from dsp_platform.casework.deadlines.services import settle
from dsp_platform.casework.deadlines.timetable import Timetable
from dsp_platform.casework.errors import (
    AlreadyDecided,
    NoteMissing,
    Overtaken,
    ReasonMissing,
    StepNotAllowed,
)
from dsp_platform.casework.models import WorkItem
from dsp_platform.khmer.text import clean_lines
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.selectors import was_written

Item = TypeVar("Item", bound=WorkItem)
Words = str | Promise
NOTHING: Mapping[str, Any] = {}
QUESTION, ANSWER, DOCUMENT = "ask_more", "answer", "document"
"""Steps of a kind whose deciders ask back: the question, and what answers it, in words or by a document."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    side: str
    """Who takes it, as its kind of casework calls the sides."""
    before: Sequence[str]
    """The states it is taken in; none for the first step."""
    after: str
    """Empty: the state stays as it is."""
    title: Words
    """In the timeline."""
    button: Words = ""
    """On the form of whoever handles the item; empty where it is not chosen there."""
    needs_note: bool = False
    reasons: Mapping[str, Words] = field(default_factory=dict)
    """One of them must be given."""
    sms: str = ""
    """Template of the text message that announces it."""
    unassigns: bool = False
    """Whoever had the item decides it no longer, though it stays open."""
    only: str = ""
    """The one kind of item that has this step, where not all do: see ``Workflow.kind_of``."""


def steps(*rows: Step) -> dict[str, Step]:
    """The table, by name."""
    table = {step.name: step for step in rows}
    if len(table) < len(rows):
        raise ValueError("A step stands twice in the table.")
    return table


def reasons_of(reason: str) -> list[str]:
    """The codes of one step: several are stored with commas between them."""
    return [code for code in reason.split(",") if code]


class Workflow(Generic[Item]):
    """A subclass names its steps, and overrides what is particular to it. Stateless: one instance serves."""

    steps: ClassVar[Mapping[str, Step]]
    open_states: ClassVar[Sequence[str]]
    subject_kind: ClassVar[str]
    """Of its items, in the audit and of text messages."""
    note_length: ClassVar[int]
    not_allowed: ClassVar[Words] = ""
    note_missing: ClassVar[Words]
    reason_missing: ClassVar[Words] = ""
    not_yours: ClassVar[Words] = ""
    """What whoever entered an item is told instead of deciding it."""
    select_related: ClassVar[tuple[str, ...]] = ()
    """Relations that are read with a locked item, and not locked."""
    system_sources: ClassVar[tuple[str, ...]] = ()
    """Sources whose steps another system takes: without the note or reason that a person must give."""

    def lock(self, item: Item) -> Item:
        """The row as it is now, locked until the transaction ends.

        What it names is read after it is locked: a row that was given to somebody else while we waited would
        be joined with nobody, and be missing.
        """
        rows = type(item)._default_manager.filter(pk=item.pk)
        rows.select_for_update(no_key=True).values_list("pk").get()
        return rows.select_related(*self.select_related).get()

    def clean_note(self, text: str) -> str:
        return clean_lines(text)[: self.note_length].strip()

    def allowed(self, item: Item, *sides: str) -> list[Step]:
        """The steps that these sides may take now."""
        return [step for step in self.steps.values() if step.side in sides and self.is_allowed(item, step)]

    def is_allowed(self, item: Item, step: Step) -> bool:
        return item.state in step.before and step.only in ("", self.kind_of(item))

    @classmethod
    def decided_by(cls, side: str) -> tuple[str, ...]:
        """The steps by which this side ends an item."""
        ends = [step for step in cls.steps.values() if step.after and step.after not in cls.open_states]
        return tuple(step.name for step in ends if step.side == side)

    @classmethod
    def awaiting_answer(cls) -> tuple[str, ...]:
        """The open states that wait for the side that filed the item: its step leads to another open one."""
        table = cls.steps.values()
        filing = {step.side for step in table if not step.before}
        answers = [step for step in table if step.side in filing and step.after in cls.open_states]
        awaited = {state for step in answers for state in step.before if state != step.after}
        return tuple(state for state in cls.open_states if state in awaited)

    def check_step(self, item: Item, name: str, *, note: str, reason: str = "", source: str = "") -> None:
        """Raises ``StepNotAllowed``, ``ReasonMissing``, ``NoteMissing``."""
        step = self.steps[name]
        if not self.is_allowed(item, step):
            raise StepNotAllowed(self.not_allowed)
        if source in self.system_sources:
            return
        if step.reasons and not step.reasons.keys() >= set(reasons_of(reason) or [reason]):
            raise ReasonMissing(self.reason_missing)
        if self.needs_note(step, reason) and not self.clean_note(note):
            raise NoteMissing(self.note_missing)

    def take_step(
        self,
        item: Item,
        name: str,
        *,
        actor: User | None,
        note: str = "",
        reason: str = "",
        source: str = "",
        assisted_session: AssistedSession | None = None,
        fields: Sequence[str] = (),
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        """The caller has locked the item and checked who may. Raises as ``check_step``.

        ``fields``: what else of the item the caller has set. ``more``: other columns of the event.
        """
        self.check_step(item, name, note=note, reason=reason, source=source)
        step = self.steps[name]
        stays = step.after in ("", item.state)
        item.state = step.after or item.state
        item.version += 1
        if step.unassigns or not item.is_open:
            item.assignee = None
        item.save(update_fields=["state", "version", "assignee", *fields])
        self.record_step(
            item,
            name,
            actor=actor,
            note=note,
            reason=reason,
            source=source,
            assisted_session=assisted_session,
            stays=stays,
            more=more,
        )

    def receive_document(
        self,
        item: Item,
        *,
        actor: User | None,
        source: str = "",
        assisted_session: AssistedSession | None = None,
    ) -> None:
        """The first document after a question: whoever decides has the next step, not who filed the item."""
        item = self.lock(item)
        if self.is_allowed(item, self.steps[DOCUMENT]):
            self.take_step(item, DOCUMENT, actor=actor, source=source, assisted_session=assisted_session)

    def document_came(self, item: Item) -> bool:
        """Whether a document answered the last question, and nothing in words since."""
        last = item.events.filter(step__in=(QUESTION, ANSWER, DOCUMENT)).last()
        return last is not None and last.step == DOCUMENT

    def record_step(
        self,
        item: Item,
        name: str,
        *,
        actor: User | None,
        note: str = "",
        reason: str = "",
        source: str = "",
        assisted_session: AssistedSession | None = None,
        stays: bool = False,
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Append the event, record the action and send the text message; state and version stay.

        ``stays``: it can be repeated without another step in between, so its text is sent once a day.
        """
        step = self.steps[name]
        item.events.create(
            step=name,
            state=item.state,
            actor=actor,
            source=source,
            reason=reason,
            note=self.clean_note(note) or None,
            **more,
        )
        self.audit_step(item, step, actor=actor, reason=reason or source, assisted_session=assisted_session)
        self.after_step(item, actor)
        if (timetable := self.timetable(item)) is not None:
            settle(cast(TimedItem, item), timetable)
        if step.sms:
            (self.send_text_daily if stays else self.send_text)(item, step.sms)

    def audit_step(
        self,
        item: Item,
        step: Step,
        *,
        actor: User | None,
        reason: str,
        assisted_session: AssistedSession | None,
    ) -> None:
        audit.record(
            actor=actor,
            action=step.name,
            subject_kind=self.subject_kind,
            subject_id=item.pk,
            reason=reason,
            assisted_session_id=assisted_session.pk if assisted_session else None,
        )

    def is_sent_again(self, item: Item, name: str, *, actor: User, note: str = "", reason: str = "") -> bool:
        """A form sent twice: the last step is the one that is sent."""
        last = item.events.last()
        sent = (actor.pk, name, reason, self.clean_note(note))
        return last is not None and (last.actor_id, last.step, last.reason, last.note or "") == sent

    def overtaken(self, item: Item) -> Overtaken:
        """What to raise for whoever decided on an earlier version."""
        return (Overtaken if item.is_open else AlreadyDecided)(self.overtaken_by(item))

    def overtaken_by(self, item: Item) -> str:
        """Which step came first, in words for whoever decided on an earlier version."""
        last = item.events.select_related("actor").last()
        if last is None:
            return _("This has changed. Look at it again.")
        return self.came_first(last.step, self.taken_by(last), last.at)

    def came_first(self, step: str, who: str, at: datetime) -> str:
        return _("Nothing was saved: “%(step)s” by %(who)s on %(when)s came first.") % {
            "step": self.steps[step].title,
            "who": who,
            "when": date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"),
        }

    def send_text(self, item: Item, template: str, phones: Iterable[str] | None = None) -> None:
        """To ``phones``, or those of ``phones_of``. It holds only the reference, for phones are shared."""
        for phone in self.phones_of(item) if phones is None else phones:
            notifications.send(
                phone=phone,
                language=item.language,
                template=template,
                params={"reference": item.reference},
                subject_kind=self.subject_kind,
                subject_id=item.pk,
            )

    def send_text_daily(self, item: Item, template: str) -> None:
        """At most once a day, however often it happens."""
        since = timezone.now() - timedelta(days=1)
        if not was_written(template, self.subject_kind, item.pk, since):
            self.send_text(item, template)

    def kind_of(self, item: Item) -> str:
        """Which steps the item has, where ``Step.only`` tells them apart."""
        return ""

    def timetable(self, item: Item) -> Timetable | None:
        """Until when its steps are promised; None for a kind without deadlines."""
        return None

    def needs_note(self, step: Step, reason: str) -> bool:
        return step.needs_note

    def after_step(self, item: Item, actor: User | None) -> None:
        """What else follows from any step, in the same transaction."""

    def phones_of(self, item: Item) -> list[str]:
        """Where its text messages go. Never a number that nobody has proved."""
        return []

    def taken_by(self, event: Any) -> str:
        return str(event.actor)
