"""Answers as fields of the record of an application: only of questions that two stewards let leave."""

from collections.abc import Collection, Mapping, Sequence

from django.utils import translation

from applications.models import Answers
from dsp_platform.exchange.mapping.columns import Value
from dsp_platform.translations.label import labelled
from registry.models import ProgrammeQuestion, QuestionsVersion
from registry.programmes.questions.definition import Asked, asked_of

PREFIX = "answer_"
Kind = ProgrammeQuestion.Kind


def sharable() -> dict[str, str]:
    """The label of each such field, in all versions: an application keeps the one that it answered."""
    found: dict[str, str] = {}
    for version in QuestionsVersion.objects.select_related("programme").order_by("number", "pk"):
        for one in asked_of(version.questions):
            if one.may_leave and one.kind != Kind.FILE:
                found[PREFIX + one.name] = labelled(str(version.programme), one.title)
    return found


def shared_answers(applications: Sequence[int], fields: Collection[str]) -> dict[int, dict[str, Value]]:
    """By application, those of its answers that are among these fields and may leave by its own version."""
    rows = Answers.objects.select_related("answers_to").filter(application__in=list(applications))
    return {row.application_id: _of(row, fields) for row in rows}


def _of(row: Answers, fields: Collection[str]) -> dict[str, Value]:
    return {
        PREFIX + one.name: _value(one, row.answers)
        for one in asked_of(row.answers_to.questions)
        if one.may_leave and PREFIX + one.name in fields and one.name in row.answers
    }


def _value(one: Asked, answers: Mapping[str, Mapping[str, object]]) -> Value:
    """A number and yes or no as such, a date in ISO 8601, choices in the Khmer words of the version."""
    answer = answers[one.name].get("answer")
    if answer in (None, "", []):
        return None
    if one.kind == Kind.YES_NO:
        return answer == "yes"
    if one.kind in (Kind.ONE, Kind.SEVERAL):
        with translation.override("km"):
            return one.in_words(answer).replace("\n", "; ")  # type: ignore[arg-type]
    return answer if isinstance(answer, str | int) else str(answer)
