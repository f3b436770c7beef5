"""What an operator would receive of one subject under an agreement, and why: for a steward.

Record and row are made by the code that delivers them; nothing is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.exchange.agreements.services import emptied, require_known_fields
from dsp_platform.exchange.contract import Reason, Record, explainer_of, registered
from dsp_platform.exchange.mapping.columns import NoCode, Value
from dsp_platform.exchange.mapping.layout import Layout, layout_of
from dsp_platform.exchange.models import Agreement
from dsp_platform.translations.label import Label

AUDIT_REASON = "agreement"


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """One column of the operator. ``field`` is empty where no field of ours fills it."""

    column: str
    written: str | None
    field: str = ""
    label: Label = ""
    our_value: str | None = None


@dataclass(frozen=True, slots=True)
class AgreementPreview:
    """``shared``: the record itself would be sent. Else ``columns`` are what a withdrawal would leave."""

    shared: bool
    reasons: Sequence[Reason]
    columns: Sequence[PreviewColumn]
    problem: str = ""
    """The reason for which the record would be held: a short code."""


def preview_of(*, agreement: Agreement, subject: int, actor: User) -> AgreementPreview | None:
    """The access is logged. None where the subject cannot be built any more.

    Raises ValidationError for fields that do not exist, ValueError for a mapping that cannot be read.
    """
    require_known_fields(agreement)
    record_kind = registered.kinds[agreement.kind]
    explainer = explainer_of(record_kind)
    for kind, number in explainer.accessed(subject):
        audit.record(actor=actor, action="view", subject_kind=kind, subject_id=number, reason=AUDIT_REASON)
    item = next(iter(record_kind.build(agreement, [subject])), None)
    if item is None:
        return None
    reasons = [*_agreement_reasons(agreement), *explainer.why(agreement, subject)]
    mapping = agreement.mapping
    if agreement.state == Agreement.State.DRAFT:
        mapping = {**mapping, **emptied(agreement)}  # as it will be once it is approved
    layout = layout_of(mapping)
    try:
        if isinstance(item, Record):
            columns = _record_columns(agreement, layout, item, explainer.words(subject))
        else:
            written = layout.tombstone_row(0, item.key, timezone.localdate())
            columns = [PreviewColumn(name, value) for name, value, _field in _columns(layout, written, {})]
    except NoCode as missing:
        return AgreementPreview(isinstance(item, Record), reasons, [], problem=f"no_code:{missing.field}")
    return AgreementPreview(isinstance(item, Record), reasons, columns)


def count_concerned(*, agreement: Agreement, actor: User) -> int | None:
    """How many it would concern now; None where counting takes too long. Logged with its rule."""
    log_count(agreement=agreement, actor=actor)
    return explainer_of(registered.kinds[agreement.kind]).count(agreement)


def log_count(*, agreement: Agreement, actor: User) -> None:
    reader = registered.rule_reader
    audit.record(
        actor=actor,
        action="preview",
        subject_kind="agreement",
        subject_id=agreement.pk,
        details=dict(reader.audit_details(agreement.rule)) if reader else {},
    )


def _agreement_reasons(agreement: Agreement) -> list[Reason]:
    today = timezone.localdate()
    if agreement.state == Agreement.State.DRAFT:
        return [Reason(False, _("The agreement is a draft: nothing leaves under it before it is approved."))]
    if agreement.state == Agreement.State.ENDED or (agreement.valid_to and agreement.valid_to < today):
        return [Reason(False, _("The agreement has ended: nothing leaves under it any more."))]
    if agreement.valid_from > today:
        return [
            Reason(False, _("The agreement has not begun yet: nothing leaves under it before its first day."))
        ]
    if not agreement.operator.active:
        return [Reason(False, _("The operator is not active: nothing is sent to it."))]
    return [Reason(True, _("The agreement is in force."))]


def _record_columns(
    agreement: Agreement, layout: Layout, record: Record, words: Mapping[str, str]
) -> list[PreviewColumn]:
    ours = {**record.values, **words}
    labels = registered.kinds[agreement.kind].labels
    written = layout.record_row(0, record.values)
    fields = {column.column: field for field, column in layout.columns}
    fields[layout.key_column] = layout.key_field
    return [
        PreviewColumn(name, value, field, labels.get(field, field), _text(ours.get(field)))
        for name, value, field in _columns(layout, written, fields)
    ]


def _columns(
    layout: Layout, written: Sequence[Value], fields: dict[str, str]
) -> list[tuple[str, str | None, str]]:
    """Without the number of the delivery, which is drawn when it is due."""
    return [
        (name, _text(value), fields.get(name, ""))
        for name, value in zip(layout.column_names, written, strict=True)
        if name != layout.version_column
    ]


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
