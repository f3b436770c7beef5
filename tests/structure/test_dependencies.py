"""What a question depends on is a question of the same wizard: a name that was changed would be forgotten."""

from collections.abc import Iterator, Mapping

import pytest

from dsp_platform.wizard.questions import Question
from dsp_platform.wizard.wizard import Wizard
from grievances.questions import ReportWizard
from registry.changes.wizard import ChangeWizard
from registry.programmes.check_questions import check_questions
from registry.programmes.check_wizard import CheckWizard
from registry.registration.counter_wizard import CounterWizard
from registry.registration.wizard import RegistrationWizard


def wizards(base: type[Wizard] = Wizard) -> Iterator[type[Wizard]]:
    """Of the product, not of a test."""
    for one in base.__subclasses__():
        if not one.__module__.startswith("tests."):
            yield one
        yield from wizards(one)


def tables() -> dict[type[Wizard], Mapping[str, Question]]:
    found = {one: one.questions for one in wizards() if "questions" in vars(one)}
    return found | {CheckWizard: check_questions()}


def test_all_wizards_are_met():
    own = {ReportWizard, ChangeWizard, RegistrationWizard, CounterWizard, CheckWizard}
    assert set(tables()) == own


@pytest.mark.parametrize("wizard", tables(), ids=lambda wizard: wizard.__name__)
def test_what_a_question_depends_on_is_a_question(wizard):
    questions = tables()[wizard]
    named = {name for question in questions.values() for name in question.depends_on}
    assert named <= set(questions)


def test_no_question_depends_on_itself():
    """Or forgetting what depends on an answer would never end."""
    for questions in tables().values():
        for name in questions:
            above, reached = set(questions[name].depends_on), set()
            while above:
                reached |= above
                above = {one for before in above for one in questions[before].depends_on} - reached
            assert name not in reached, name
