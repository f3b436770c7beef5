"""Questions of a programme, as two stewards publish them."""

from typing import Any

from dsp_platform.accounts.models import User
from dsp_platform.approval.services import approve
from registry.models import Programme, ProgrammeQuestion, QuestionsVersion
from registry.programmes.questions.definition import draft_of, version_of
from registry.programmes.questions.services import propose_questions, save_question

CHOICES = [
    {"code": "c1", "km": "ផ្ទាល់ខ្លួន", "en": "Our own"},
    {"code": "c2", "km": "ជួល", "en": "Rented"},
]


def write(programme: Programme | None, actor: User, **values: Any) -> ProgrammeQuestion:
    """Saved in the draft, or in the bank."""
    told = {"kind": "text", "title_km": "ឈ្មោះសាលា", "title_en": "Name of the school", **values}
    return save_question(question=ProgrammeQuestion(programme=programme, **told), actor=actor)


def publish(programme: Programme, first: User, second: User) -> QuestionsVersion:
    proposal = propose_questions(programme=programme, actor=first, reason="law")
    approve(proposal=proposal, actor=second, digest=proposal.digest)
    found = version_of(programme)
    assert found is not None
    return found


def house_and_rent(programme: Programme, actor: User) -> tuple[ProgrammeQuestion, ProgrammeQuestion]:
    """The second is asked only of those who rent."""
    house = write(
        programme, actor, kind="one", title_km="ផ្ទះរបស់អ្នកណា?", title_en="Whose is the house?", choices=CHOICES
    )
    rent = write(
        programme,
        actor,
        kind="number",
        title_km="ថ្លៃជួលក្នុងមួយខែ",
        title_en="Rent in a month",
        least=1,
        most=10_000_000,
        condition=f'q{house.pk} == "c2"',
    )
    return house, rent


def titles(programme: Programme) -> list[str]:
    return [one.title_en for one in draft_of(programme)]
