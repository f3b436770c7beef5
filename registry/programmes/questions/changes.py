"""Publishing the questions of a programme takes two stewards."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.models import Proposal
from dsp_platform.audit import services as audit
from registry.models import Programme, ProgrammeQuestion, QuestionsVersion
from registry.programmes.questions import conditions
from registry.programmes.questions.definition import Asked, asked_of, latest_version

KIND, PUBLISH = "programme_questions", "publish"


class QuestionsKind(contract.ProposalKind):
    code = KIND
    title = gettext_lazy("What a programme asks")

    def lock(self, subject: str) -> None:
        Programme.objects.select_for_update(no_key=True).get(pk=subject)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        programme = Programme.objects.get(pk=subject)
        latest = latest_version(programme)
        return {
            "code": programme.code,
            "name_km": programme.name_km,  # type: ignore[attr-defined]
            "name_en": programme.name_en,  # type: ignore[attr-defined]
            "operator": programme.operator_id,
            "number": latest.number if latest else 0,
            "questions": latest.questions if latest else [],
        }

    def changes(self, proposal: Proposal) -> set[str]:
        return {"number", "questions"}

    def name(self, proposal: Proposal) -> str:
        programme = Programme.objects.get(pk=proposal.subject)
        return _("Questions of %(programme)s") % {"programme": programme}

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        return list(difference(proposal.before["questions"], proposal.payload["questions"]))

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        number = len(proposal.payload["questions"])
        return [
            ngettext(
                "Whoever applies from then on is asked %(number)d question at most.",
                "Whoever applies from then on is asked %(number)d questions at most.",
                number,
            )
            % {"number": number},
            _(
                "Whoever is applying keeps the answers that still fit, and is told what is new. Applications "
                "that were sent keep the questions that they answered."
            ),
        ]

    def carry_out(self, proposal: Proposal) -> str:
        programme = Programme.objects.get(pk=proposal.subject)
        latest = latest_version(programme)
        QuestionsVersion.objects.create(
            programme=programme,
            number=latest.number + 1 if latest else 1,
            questions=proposal.payload["questions"],
        )
        audit.record(
            actor=cast(User, proposal.decided_by),
            action="change",
            subject_kind="programme",
            subject_id=programme.pk,
            details={"fields": ["questions"]},
        )
        return ""

    def page(self, proposal: Proposal) -> str:
        return reverse("admin:registry_programmequestion_of", args=[proposal.subject])


def difference(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[DiffLine]:
    """One line for each question that is new, gone or other than it was; and their order, if that changes."""
    was, will = asked_of(before), asked_of(after)
    old = {one.name: _in_words(one, was) for one in was}
    new = {one.name: _in_words(one, will) for one in will}
    for number, one in enumerate(will, start=1):
        if old.get(one.name) != new[one.name]:
            label = _("Question %(number)d") % {"number": number}
            yield DiffLine(label, old.get(one.name, ""), new[one.name])
    for one in was:
        if one.name not in new:
            yield DiffLine(_("Question that is asked no more"), old[one.name], "")
    kept = [[one.name for one in of if one.name in old and one.name in new] for of in (was, will)]
    if kept[0] != kept[1]:
        yield DiffLine(_("Order"), *("\n".join(one.title for one in of) for of in (was, will)))


def _in_words(asked: Asked, among: Sequence[Asked]) -> str:
    """All that is said of it, in both languages: this is what the second steward approves."""
    lines = [
        f"{asked.title_km} / {asked.title_en}",
        " / ".join(filter(None, (asked.hint_km, asked.hint_en))),
        str(ProgrammeQuestion.Kind(asked.kind).label),
        *(f"– {one['km']} / {one['en']}" for one in asked.choices),
        limits_in_words(asked),
        _("must be answered") if asked.is_required else _("need not be answered"),
    ]
    before = among[: [one.name for one in among].index(asked.name)]
    if asked.condition:
        lines.append(
            _("asked only if %(condition)s") % {"condition": conditions.in_words(asked.condition, before)}
        )
        lines.append(asked.condition)
    if asked.shared:
        lines.append(_("from the bank of questions: what was answered before is shown"))
    if asked.may_leave:
        lines.append(_("may be sent to the operator's own system"))
    return "\n".join(filter(None, lines))


def limits_in_words(asked: Asked) -> str:
    if asked.kind == ProgrammeQuestion.Kind.DATE and asked.dates != ProgrammeQuestion.Dates.ANY:
        return str(ProgrammeQuestion.Dates(asked.dates).label)
    limits = []
    if asked.least is not None:
        limits.append(_("at least %(number)d") % {"number": asked.least})
    if asked.most is not None:
        limits.append(_("at most %(number)d") % {"number": asked.most})
    words = ", ".join(limits)
    is_text = asked.kind == ProgrammeQuestion.Kind.TEXT
    return _("%(limits)s characters") % {"limits": words} if words and is_text else words


contract.register(QuestionsKind())
