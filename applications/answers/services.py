"""Answers become part of the application that is sent."""

from collections.abc import Iterable

from applications import errors
from applications.answers.wizard import AnswersWizard
from applications.models import AnswerDraft, Answers, Application
from registry.eligibility.verdict import facts_shown
from registry.models import Person, Programme
from registry.programmes.questions.definition import version_of


def complete_answers(
    *,
    draft: AnswerDraft | None,
    reader: Person | None,
    person: Person,
    programme: Programme,
    files: Iterable[str],
) -> AnswersWizard | None:
    """Those to be sent, of the version that holds now; None where nothing is asked. ``reader``: as of
    ``facts_shown``. Raises ``QuestionsUnanswered``."""
    version = version_of(programme)
    if version is None:
        return None
    wizard = AnswersWizard(
        draft,
        version=version,
        person=person,
        programme=programme,
        facts=facts_shown(person, reader)[0],
        files=files,
    )
    if not wizard.is_complete:
        raise errors.QuestionsUnanswered
    return wizard


def store_answers(*, application: Application, wizard: AnswersWizard | None) -> None:
    """Call in the transaction that submits. The draft of who sent it is gone with it."""
    if wizard is not None:
        Answers.objects.create(application=application, answers_to=wizard.version, answers=wizard.asked())
    drafts = AnswerDraft.objects.filter(person=application.person, programme=application.programme)
    drafts.filter(owner=application.submitted_by).delete()
