"""Two people for an agreement: one steward proposes its beginning or end, another approves."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.validity import plain
from dsp_platform.audit import services as audit
from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.agreements.labels import day_in_words, lines_of, name_in_words
from dsp_platform.exchange.agreements.services import DRAFTED
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import Agreement
from dsp_platform.web.small_counts import few

AGREEMENT = "agreement"
BEGIN = "begin"
END = "end"


def propose_begin(*, agreement: Agreement, actor: User, read: str) -> Proposal:
    """Propose that a draft begins. ``read`` is the digest of the text that the proposer was shown.

    Raises ChangedSinceRead, NobodyCanApprove, AlreadyPending, ValidationError.
    """
    with transaction.atomic():
        agreements.lock_operator(agreement.operator_id)
        draft = Agreement.objects.get(pk=agreement.pk, state=Agreement.State.DRAFT)
        agreements.require_known_fields(draft)
        agreements.require_sound_rule(draft)
        draft.clean()
        agreements.require_lasting_key(draft)
        return approval.propose(
            kind=AGREEMENT,
            act=BEGIN,
            subject=str(draft.pk),
            payload={},
            actor=actor,
            effective_from=draft.valid_from,
            read=read,
        )


def text_read(agreement: Agreement, act: str) -> str:
    """The digest of the text, which a page that shows the agreement sends back with a proposal."""
    return approval.state_digest(AGREEMENT, act, str(agreement.pk))


def text_in_words(agreement: Agreement) -> dict[str, str]:
    return lines_of(plain(_text(agreement)))


def could_approve(agreement: Agreement, act: str, actor: User) -> list[Any]:
    return approval.could_approve(kind=AGREEMENT, act=act, subject=str(agreement.pk), actor=actor)


def propose_end(
    *, agreement: Agreement, actor: User, day: date | None, read: str, reason: str = ""
) -> Proposal:
    """Propose that nothing is shared under it from ``day`` on, or as soon as that is approved.

    Raises ChangedSinceRead, NobodyCanApprove, AlreadyPending.
    """
    if agreement.state != Agreement.State.APPROVED:
        raise ValidationError(_("Only an agreement that is approved can be ended."))
    if day and agreement.valid_to and day > agreement.valid_to:
        raise ValidationError(_ends_already(agreement.valid_to))
    return approval.propose(
        kind=AGREEMENT,
        act=END,
        subject=str(agreement.pk),
        payload={},
        actor=actor,
        effective_from=day,
        reason=reason,
        read=read,
    )


def edit_draft(*, agreement: Agreement, actor: User) -> Proposal | None:
    """Save a draft with ``actor`` as its author. A proposal that waits for approval is replaced by a new one.

    The author may not approve it. Where nobody is left who could, the draft is saved without a proposal.
    """
    with transaction.atomic():
        agreements.lock_operator(agreement.operator_id)
        agreement.drafted_by = actor
        agreement.save(update_fields=[*agreements.DRAFTED, "drafted_by"])
        audit.record(actor=actor, action="edit_draft", subject_kind="agreement", subject_id=agreement.pk)
        overtaken = approval.overtake(kind=AGREEMENT, subject=str(agreement.pk), actor=actor)
        if overtaken and could_approve(agreement, BEGIN, actor):
            return propose_begin(agreement=agreement, actor=actor, read=text_read(agreement, BEGIN))
    return None


def what_an_end_does(agreement: Agreement, day: date | None) -> list[str]:
    """In words, for the proposer and for the approver."""
    operator = {"operator": agreement.operator}
    effects = [
        _("From %(day)s on nothing more is sent to %(operator)s under it.")
        % {**operator, "day": date_format(day, "SHORT_DATE_FORMAT")}
        if day
        else _("As soon as it is approved nothing more is sent to %(operator)s under it.") % operator
    ]
    if agreement.valid_to:
        effects.append(_ends_already(agreement.valid_to))
    copies = agreements.still_wanted(operator=agreement.operator_id, kind=agreement.kind)
    before = agreements.ending_before(agreement) if agreement.begins_later else None
    if before and before.valid_to:
        effects.append(
            _("Number %(number)s was to be followed by it, and still ends: %(day)s stays its last day.")
            % {"number": before.number, "day": date_format(before.valid_to, "SHORT_DATE_FORMAT")}
        )
    if agreement.is_followed:
        effects.append(_("Another agreement follows it: the records at the operator go over to that one."))
    else:
        effects.append(
            ngettext(
                "%(operator)s has %(number)s record. It is told to delete it; that is final.",
                "%(operator)s has %(number)s records. It is told to delete them; that is final.",
                copies,
            )
            % {**operator, "number": copies}
        )
        effects.append(
            _(
                "Once this is approved it cannot be withdrawn. For sharing to go on, a new version has to be "
                "approved that begins by the day on which this one ends."
            )
        )
    return effects


def _ends_already(last: date) -> str:
    return _("%(day)s is its last day already, as it was approved. It can only be ended sooner.") % {
        "day": date_format(last, "SHORT_DATE_FORMAT")
    }


class AgreementKind(contract.ProposalKind):
    code = AGREEMENT
    title = gettext_lazy("Sharing agreement")
    # An agreement has its own first and last day: it ends even if no task runs on that day or one of the two
    # people has left. So an approval cannot be withdrawn; the page says so before it is given.
    when_approved = True

    def lock(self, subject: str) -> None:
        agreements.lock_operator(_agreement(subject).operator_id)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        agreement = _agreement(subject)
        if act == END:
            return {"text": _text(agreement)}
        earlier = Agreement.objects.filter(operator=agreement.operator_id, kind=agreement.kind)
        before = earlier.filter(state=Agreement.State.APPROVED).order_by("-number").first()
        return {"text": _text(agreement), "earlier": _text(before) if before else None}

    def name(self, proposal: Proposal) -> str:
        name = {"name": name_in_words(proposal.before["text"])}
        if proposal.act == END:
            return _("End of the sharing agreement %(name)s") % name
        return _("Beginning of the sharing agreement %(name)s") % name

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        text = proposal.before["text"]
        if proposal.act == END:
            day = {"day": day_in_words(proposal.effective_from.isoformat())}
            last = day_in_words((proposal.effective_from - timedelta(days=1)).isoformat())
            ended = _("ended from %(day)s on") % day
            return [
                DiffLine(_("State"), str(Agreement.State.APPROVED.label), ended),
                DiffLine(_("Last day"), day_in_words(text["valid_to"]) or _("none"), last),
            ]
        earlier = proposal.before["earlier"]
        before, after = lines_of(earlier) if earlier else {}, lines_of(text)
        labels = dict.fromkeys([*after, *before])
        return [
            DiffLine(label, before.get(label, ""), after.get(label, ""))
            for label in labels
            if before.get(label, "") != after.get(label, "")
        ]

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        agreement = _agreement(proposal.subject)
        if proposal.act == END:
            return what_an_end_does(agreement, proposal.effective_from)
        effects = [
            _("From %(day)s on %(operator)s is sent the records of those it concerns, by itself.")
            % {
                "operator": agreement.operator,
                "day": date_format(max(agreement.valid_from, proposal.effective_from), "SHORT_DATE_FORMAT"),
            }
        ]
        kind = registered.kinds.get(agreement.kind)
        explainer = kind.explainer if kind else None
        number = explainer.count(agreement) if explainer else None
        if number is not None:
            effects.append(
                _("It concerns %(number)s of those who are registered now.") % {"number": few(number)}
            )
        if earlier := proposal.before["earlier"]:
            effects.append(
                _("Number %(number)s ends the day before. Its records are sent anew or withdrawn.")
                % {"number": earlier["number"]}
            )
        if agreement.valid_from > timezone.localdate():
            effects.append(
                _("Once this is approved it cannot be withdrawn. It can then be ended, by two people.")
            )
        return effects

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        """Everyone who ever saved a text of the draft."""
        begin = [int(proposal.subject) for proposal in proposals if proposal.act == BEGIN]
        written = agreements.writers_of(*begin) if begin else {}
        return {str(number): writers for number, writers in written.items()}

    def carry_out(self, proposal: Proposal) -> str:
        agreement, actor = _agreement(proposal.subject), cast(User, proposal.decided_by)
        if proposal.act == END:
            agreements.end_agreement(agreement=agreement, actor=actor, day=proposal.effective_from)
        else:
            agreements.approve_agreement(agreement=agreement, actor=actor)
        return ""

    def page(self, proposal: Proposal) -> str:
        return reverse("admin:exchange_agreement_change", args=[proposal.subject])


def _agreement(subject: str) -> Agreement:
    return Agreement.objects.select_related("operator").get(pk=subject)


def _text(agreement: Agreement) -> dict[str, Any]:
    own = {name: getattr(agreement, name) for name in DRAFTED if name != "operator"}
    return {
        **own,
        "operator": agreement.operator_id,
        "reached_by": {"adapter": agreement.operator.adapter, **agreement.operator.address},
        "number": agreement.number,
        "state": agreement.state,
        "drafted_by": agreement.drafted_by_id,
    }


contract.register(AgreementKind())
