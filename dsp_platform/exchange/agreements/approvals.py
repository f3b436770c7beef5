"""An agreement begins and ends when one steward proposed it and another approved what stands there."""

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
from dsp_platform.approval.contract import Line
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.validity import plain
from dsp_platform.audit import services as audit
from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.agreements.labels import day_in_words, lines_of, name_in_words
from dsp_platform.exchange.agreements.services import DRAFTED
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import Agreement
from dsp_platform.few import few

AGREEMENT = "agreement"
BEGIN = "begin"
END = "end"


def propose_begin(*, agreement: Agreement, actor: User, read: str) -> Proposal:
    """Put the text of a draft before a second steward, as ``text_read`` said when it was shown.

    Raises NotAsRead, NobodyCanApprove, WaitsAlready, ValidationError.
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
    """What a page that shows the agreement carries along, until somebody proposes on it."""
    return approval.as_it_stands(AGREEMENT, act, str(agreement.pk))


def text_in_words(agreement: Agreement) -> dict[str, str]:
    return lines_of(plain(_text(agreement)))


def could_approve(agreement: Agreement, act: str, actor: User) -> list[Any]:
    return approval.could_approve(kind=AGREEMENT, act=act, subject=str(agreement.pk), actor=actor)


def propose_end(
    *, agreement: Agreement, actor: User, day: date | None, read: str, reason: str = ""
) -> Proposal:
    """From ``day`` on, or as soon as it is approved, nothing more is shared under it.

    Raises NotAsRead, NobodyCanApprove, WaitsAlready.
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
    """Save a draft under the name of whoever wrote it. What waited about it is given up and waits anew.

    Whoever wrote the words that stand there now may not be the one to approve them. Where nobody is left who
    could, it is saved and does not wait.
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
    """In words, before it is proposed and before it is approved."""
    operator = {"operator": agreement.operator}
    told = [
        _("From %(day)s on nothing more is sent to %(operator)s under it.")
        % {**operator, "day": date_format(day, "SHORT_DATE_FORMAT")}
        if day
        else _("As soon as it is approved nothing more is sent to %(operator)s under it.") % operator
    ]
    if agreement.valid_to:
        told.append(_ends_already(agreement.valid_to))
    held = agreements.still_wanted(operator=agreement.operator_id, kind=agreement.kind)
    before = agreements.ending_before(agreement) if agreement.begins_later else None
    if before and before.valid_to:
        told.append(
            _("Number %(number)s was to be followed by it, and still ends: %(day)s stays its last day.")
            % {"number": before.number, "day": date_format(before.valid_to, "SHORT_DATE_FORMAT")}
        )
    if agreement.is_followed:
        told.append(_("Another agreement follows it: what the operator holds goes over to that one."))
    else:
        told.append(
            ngettext(
                "%(operator)s holds %(number)s record. It is told to delete it; that is final.",
                "%(operator)s holds %(number)s records. It is told to delete them; that is final.",
                held,
            )
            % {**operator, "number": held}
        )
        told.append(
            _(
                "Once this is approved it cannot be withdrawn. For sharing to go on, a new version has to be "
                "approved that begins by the day on which this one ends."
            )
        )
    return told


def _ends_already(last: date) -> str:
    return _("%(day)s is its last day already, as it was approved. It can only be ended sooner.") % {
        "day": date_format(last, "SHORT_DATE_FORMAT")
    }


class AgreementKind(contract.Kind):
    code = AGREEMENT
    title = gettext_lazy("Sharing agreement")
    # It carries its first and its last day itself: it ends though nothing runs on that day, or one of the two
    # has left. So it cannot be withdrawn, which is told before it is approved.
    at_once = True

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

    def difference(self, proposal: Proposal) -> Sequence[Line]:
        text = proposal.before["text"]
        if proposal.act == END:
            day = {"day": day_in_words(proposal.effective_from.isoformat())}
            last = day_in_words((proposal.effective_from - timedelta(days=1)).isoformat())
            ended = _("ended from %(day)s on") % day
            return [
                Line(_("State"), str(Agreement.State.APPROVED.label), ended),
                Line(_("Last day"), day_in_words(text["valid_to"]) or _("none"), last),
            ]
        earlier = proposal.before["earlier"]
        before, after = lines_of(earlier) if earlier else {}, lines_of(text)
        labels = dict.fromkeys([*after, *before])
        return [
            Line(label, before.get(label, ""), after.get(label, ""))
            for label in labels
            if before.get(label, "") != after.get(label, "")
        ]

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        agreement = _agreement(proposal.subject)
        if proposal.act == END:
            return what_an_end_does(agreement, proposal.effective_from)
        told = [
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
            told.append(
                _("It concerns %(number)s of those who are registered now.") % {"number": few(number)}
            )
        if earlier := proposal.before["earlier"]:
            told.append(
                _("Number %(number)s ends the day before. What the operator holds is sent anew or withdrawn.")
                % {"number": earlier["number"]}
            )
        if agreement.valid_from > timezone.localdate():
            told.append(
                _("Once this is approved it cannot be withdrawn. It can then be ended, by two people.")
            )
        return told

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        """Everyone under whose name a text of the draft was ever saved."""
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
