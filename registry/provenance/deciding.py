"""A steward decides what holds where a source contradicts the record."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import InConflict
from dsp_platform.database.history_context import history_context
from registry.models import ChangeRequest, Person, SourceConflict
from registry.persons.conflicts import conflict_of_interest
from registry.persons.households import home_now, members_now
from registry.persons.validation import NAME_VALIDATORS
from registry.persons.writer import PersonWriter, lock_person
from registry.plausibility.findings import new_findings
from registry.plausibility.situation import recorded
from registry.provenance.asking import ask_for
from registry.provenance.columns import TAKEN_BY_REQUEST, for_writer, text_on_record

State = SourceConflict.State


def decide_conflict(*, conflict: SourceConflict, take: bool, actor: User) -> SourceConflict:
    """Take the value of the source, or keep that on record. Where both say the same by now, it only ends.

    Where the commune decides instead it stays open, and ``conflict.asked`` is the request; it ends by itself
    once both say the same. Repeated, or decided meanwhile, it changes nothing.

    Raises ``InConflict`` for a steward related to the person, ``ValidationError`` for a value that cannot be,
    ``ChangeError`` as a request for the change.
    """
    with (
        transaction.atomic(),
        history_context("take_source_value", actor=actor, source=conflict.source),
    ):
        person = lock_person(conflict.person)
        conflict = SourceConflict.objects.select_for_update().get(pk=conflict.pk)
        if conflict.state != State.OPEN:
            return conflict
        if words := conflict_of_interest(actor, person):
            raise InConflict(words)
        if text_on_record(person, conflict.field) == conflict.in_source:
            conflict.state = State.ENDED
            conflict.save(update_fields=["state"])
            return conflict
        if take and (asked := _take(person, conflict, actor)):
            conflict.asked = asked
            audit.record(
                actor=actor,
                action="ask_for_source_value",
                subject_kind="person",
                subject_id=person.pk,
                details={"conflict": conflict.pk, "request": asked.pk},
            )
            return conflict
        conflict.state = State.TAKEN if take else State.KEPT
        conflict.decided_by, conflict.decided_at = actor, timezone.now()
        conflict.save(update_fields=["state", "decided_by", "decided_at"])
        audit.record(
            actor=actor,
            action="take_source_value" if take else "keep_value_on_record",
            subject_kind="person",
            subject_id=person.pk,
            details={"conflict": conflict.pk},
        )
        return conflict


def _take(person: Person, conflict: SourceConflict, actor: User) -> ChangeRequest | None:
    """The request that the commune decides; None where it is written."""
    if not person.is_current:
        raise ValidationError(_("The record was closed."))
    text = conflict.in_source
    if not text:
        raise ValidationError(_("The source says nothing here."))
    try:
        if conflict.field in TAKEN_BY_REQUEST:
            return ask_for(conflict=conflict, person=person, actor=actor)
        _write(person, conflict)
    except ValueError:
        raise ValidationError(_("This cannot be taken from a source. Keep what is on record.")) from None
    return None


def _write(person: Person, conflict: SourceConflict) -> None:
    text = conflict.in_source
    values = for_writer(conflict.field, text)
    if conflict.field in NAME_VALIDATORS:
        values = {conflict.field: NAME_VALIDATORS[conflict.field](text)}
    home = home_now(person)
    members = members_now(home) if home else []
    before = recorded(members)
    told = {name: value for name, value in values.items() if name in ("born", "sex")}
    after = [replace(one, **told) if one.key == person.spid else one for one in before.members]
    found = new_findings(before, replace(before, members=tuple(after)))
    if impossible := [one.words for one in found if one.is_impossible]:
        raise ValidationError(impossible)
    with PersonWriter() as writer:
        writer.update_person(person, origin=conflict.source, **values)
