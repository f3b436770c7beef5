"""Sharing agreements: drafting, approval by a second person, succession, end.

``approve_agreement`` and ``end_agreement`` are called when an approved proposal is carried out
(``approvals.py``); the database refuses both without the approval of two people.

An approved agreement is never edited; the database refuses that too. A change is a new version, which
replaces the one before on its first day: on no day both or neither are in force.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.background import workers
from dsp_platform.background.faults import apart
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger import entries as ledger
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator
from dsp_platform.web.errors import NotApproved

State = Agreement.State
WITHDRAWN_AT_ONCE = 5000
DRAFTED = (
    "operator", "kind", "fields", "mapping", "concerns", "rule", "basis", "legal_reference",
    "purpose_km", "purpose_en", "valid_from", "valid_to",
)  # fmt: skip
"""The fields that the author of a draft decides."""


class DraftedAlready(NotApproved):
    def __str__(self) -> str:
        return _("You have drafted this already, word for word. Change that draft, or something here.")


def refuse_second_draft(agreement: Agreement) -> None:
    """A form that is submitted twice makes one draft. Lock the operator first. Raises DraftedAlready."""
    words = {name: getattr(agreement, name) for name in DRAFTED}
    mine = Agreement.objects.filter(state=State.DRAFT, drafted_by=agreement.drafted_by)
    if mine.filter(**words).exists():
        raise DraftedAlready


def next_number(operator: str, kind: str) -> int:
    """Lock the operator first, or another draft may get the same number."""
    earlier = Agreement.objects.filter(operator=operator, kind=kind)
    return int(earlier.aggregate(last=Max("number"))["last"] or 0) + 1


def draft_from(*, agreement: Agreement, actor: User) -> Agreement:
    """A draft with the same terms, from tomorrow on."""
    with transaction.atomic():
        lock_operator(agreement.operator_id)
        copied = {name: getattr(agreement, name) for name in DRAFTED}
        draft = Agreement.objects.create(
            **{**copied, "valid_from": timezone.localdate() + timedelta(days=1), "valid_to": None},
            number=next_number(agreement.operator_id, agreement.kind),
            drafted_by=actor,
        )
        audit.record(actor=actor, action="draft", subject_kind="agreement", subject_id=draft.pk)
    return draft


def approve_agreement(*, agreement: Agreement, actor: User) -> Agreement:
    """Approve a draft. On its first day it takes the place of the one before. Raises ValidationError.

    If its first day has passed it begins today: no approval is retroactive.
    """
    with transaction.atomic():
        lock_operator(agreement.operator_id)
        draft = Agreement.objects.select_for_update().get(pk=agreement.pk, state=State.DRAFT)
        if actor.pk in writers_of(draft.pk).get(draft.pk, ()):
            raise ValidationError(_("The person who drafted an agreement cannot approve it."))
        today = timezone.localdate()
        draft.valid_from = max(draft.valid_from, today)
        require_known_fields(draft)
        require_sound_rule(draft)
        draft.clean()
        require_lasting_key(draft)
        require_same_place(draft)
        draft.mapping = {**draft.mapping, **emptied(draft)}
        _end_previous(draft, today)
        draft.state, draft.approved_by, draft.approved_at = State.APPROVED, actor, timezone.now()
        draft.save(update_fields=["valid_from", "mapping", "state", "approved_by", "approved_at"])
        audit.record(actor=actor, action="approve", subject_kind="agreement", subject_id=draft.pk)
    return draft


def writers_of(*agreements: int) -> dict[int, set[int]]:
    """By agreement: everyone who saved a text of it since it was drafted."""
    saved = Agreement.pgh_event_model.objects.filter(pgh_obj_id__in=agreements)  # type: ignore[attr-defined]
    now = Agreement.objects.filter(pk__in=agreements).values_list("pk", "drafted_by_id")
    found: dict[int, set[int]] = {}
    for number, writer in [*now, *saved.values_list("pgh_obj_id", "drafted_by_id").distinct()]:
        if writer:
            found.setdefault(number, set()).add(writer)
    return found


def lock_operator(operator: str) -> None:
    """Until the transaction ends: decisions on one operator's agreements are serialized."""
    Operator.objects.select_for_update(no_key=True).get(pk=operator)


def _end_previous(draft: Agreement, today: date) -> None:
    """Its records are not withdrawn: the first fill of the new one delivers or withdraws each of them."""
    approved = Agreement.objects.filter(operator=draft.operator_id, kind=draft.kind, state=State.APPROVED)
    for before in approved.select_for_update():
        if before.valid_from > today and before.valid_from >= draft.valid_from:
            if draft.valid_to and draft.valid_to < before.valid_from:
                continue
            raise ValidationError(
                _(
                    "Number %(number)s is approved from %(day)s on. End it first, or let this one end before "
                    "it."
                )
                % {"number": before.number, "day": date_format(before.valid_from, "SHORT_DATE_FORMAT")}
            )
        if draft.valid_from == today:
            before.state, before.valid_to = State.ENDED, _sooner(before.valid_to, today)
        else:
            before.valid_to = _sooner(before.valid_to, draft.valid_from - timedelta(days=1))
        before.save(update_fields=["state", "valid_to"])


def _sooner(end: date | None, day: date) -> date:
    return min(end or date.max, day)


def require_known_fields(agreement: Agreement) -> None:
    kind = registered.kinds.get(agreement.kind)
    if kind is None:
        raise ValidationError(_("There is no kind of record named “%(kind)s”.") % {"kind": agreement.kind})
    unknown = sorted(set(agreement.fields) - set(kind.fields))
    if unknown:
        raise ValidationError(_("These fields do not exist: %(fields)s.") % {"fields": ", ".join(unknown)})


def require_lasting_key(agreement: Agreement) -> None:
    """After a change of the key the row under the old one would stay at the operator for ever."""
    kind = registered.kinds[agreement.kind]
    if agreement.layout.key_field not in kind.keys:
        raise ValidationError(
            _("The key must be a number that stays the same for ever: %(fields)s.")
            % {"fields": ", ".join(kind.keys)}
        )


def require_sound_rule(agreement: Agreement) -> None:
    """A rule with a mistake would concern nobody, so everything would be withdrawn from the operator."""
    if agreement.concerns != Agreement.Concerns.APPLICANTS and (reader := registered.rule_reader):
        reader.check(agreement.rule)


def require_same_place(draft: Agreement) -> None:
    """Records in another table, or under another key, could not be withdrawn any more."""
    before = _earlier(draft).last()
    if before is None or _place(before) == _place(draft):
        return
    copies = LedgerEntry.objects.filter(operator=draft.operator_id, kind=draft.kind, may_have_copy=True)
    if copies.exclude(state=LedgerEntry.State.WITHDRAWN).exists():
        raise ValidationError(
            _(
                "The agreement before names another table or key, and records stand there. End it and wait "
                "until everything is withdrawn, then approve this one."
            )
        )


def _earlier(draft: Agreement) -> QuerySet[Agreement]:
    """All that were ever approved, oldest first."""
    earlier = Agreement.objects.filter(operator=draft.operator_id, kind=draft.kind)
    return earlier.exclude(state=State.DRAFT).exclude(pk=draft.pk).order_by("number")


def _place(agreement: Agreement) -> tuple[object, ...]:
    mapping = agreement.layout.mapping
    return mapping.table, mapping.key, mapping.version, mapping.withdrawn


def emptied(draft: Agreement) -> dict[str, object]:
    """``constants`` for the columns that an earlier agreement filled and this one does not.

    Without them the values of a field that is no longer agreed would stay in the operator's rows. Columns
    that the operator's table no longer has are named in the mapping under ``removed``.
    """
    mapping = draft.layout.mapping
    known = {*mapping.column_names, mapping.written_at, *mapping.removed}
    constants = dict(mapping.constants)
    for before in _earlier(draft):
        if _place(before) == _place(draft):
            for _field, column in before.layout.columns:
                if column.column not in known:
                    constants[column.column] = column.blank
    return {"constants": constants} if constants else {}


def end_agreement(*, agreement: Agreement, actor: User | None, day: date | None = None) -> None:
    """Nothing is shared under it from ``day`` on; from today if ``day`` is None or has passed.

    The operator's records are withdrawn, unless another agreement is in force. A later day only sets the
    last day to the one before it.
    """
    with transaction.atomic():
        lock_operator(agreement.operator_id)
        locked = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if locked.state != State.APPROVED:
            return
        today = timezone.localdate()
        begun = locked.valid_from <= today
        if day is not None and day > max(today, locked.valid_from):
            locked.valid_to = _sooner(locked.valid_to, day - timedelta(days=1))
            locked.save(update_fields=["valid_to"])
            audit.record(actor=actor, action="end", subject_kind="agreement", subject_id=locked.pk)
            return
        locked.state, locked.valid_to = State.ENDED, _sooner(locked.valid_to, today)
        locked.save(update_fields=["state", "valid_to"])
        audit.record(actor=actor, action="end", subject_kind="agreement", subject_id=locked.pk)
        if begun and not in_force(locked.operator_id, locked.kind):
            # The first page at once; a job withdraws the rest.
            withdraw_next_page(operator=locked.operator_id, kind=locked.kind)


def withdraw_next_page(*, operator: str, kind: str, after: int = 0) -> tuple[int, int | None]:
    """Of the subjects that the operator may no longer have: (how many, the last subject of the page).

    Stops where an agreement came into force meanwhile: its first fill decides.
    """
    with transaction.atomic():
        if in_force(operator, kind):
            return 0, None
        done, last = ledger.withdraw_page(operator=operator, kind=kind, after=after, limit=WITHDRAWN_AT_ONCE)
        workers.notify_on_commit("exchange.drain", [operator])
    return done, last


def last_ended() -> list[Agreement]:
    """The last agreement of each operator and kind that has none in force."""
    today = timezone.localdate()
    ended = Agreement.objects.filter(state=State.ENDED, valid_from__lte=today)
    last = ended.order_by("operator_id", "kind", "-number").distinct("operator_id", "kind")
    return [agreement for agreement in last if not in_force(agreement.operator_id, agreement.kind)]


def still_wanted(*, operator: str, kind: str) -> int:
    """How many subjects of this kind are not known to be withdrawn from the operator."""
    entries = LedgerEntry.objects.filter(operator=operator, kind=kind)
    return entries.exclude(state=LedgerEntry.State.WITHDRAWN).count()


def in_force(operator: str, kind: str) -> bool:
    """Also at an operator that is not active: nothing is withdrawn from it."""
    today = timezone.localdate()
    approved = Agreement.objects.filter(operator=operator, kind=kind, state=State.APPROVED)
    return approved.filter(Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today).exists()


def ending_before(agreement: Agreement) -> Agreement | None:
    """The one in force that was to end the day before this one began, and still will."""
    before = Agreement.objects.filter(
        operator=agreement.operator_id, kind=agreement.kind, state=State.APPROVED
    )
    return before.filter(
        valid_to=agreement.valid_from - timedelta(days=1), valid_to__gte=timezone.localdate()
    ).first()


def end_expired_agreements() -> None:
    """Those whose last day has passed, and those that the next one replaced today."""
    expired = Agreement.objects.filter(state=State.APPROVED, valid_to__lt=timezone.localdate())
    for agreement in expired:
        with apart("exchange.end_expired"):
            end_agreement(agreement=agreement, actor=None)
