"""A question: one page of a wizard. The questions of a wizard are a table of these, by name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from dsp_platform.translations.label import Label
from dsp_platform.wizard.forms import QuestionForm

Answer = dict[str, Any]
"""The cleaned fields of one question's form, as JSON."""

CHECK = "check"
"""The page that shows all answers before they are sent. It stands last and is never answered."""


class Key(NamedTuple):
    """Which question: its name, and a number where it is asked several times, such as once per member."""

    name: str
    number: int | None = None


class AnswerRow(NamedTuple):
    """An answer on the check page."""

    label: str
    words: str
    url: str = ""
    """Where it can be changed; empty where it cannot."""


Rows = Iterable[tuple[Label, Label]]
"""Label and words of each row that an answer fills."""


def nothing(*_args: Any) -> dict[str, Any]:
    return {}


def no_words(*_args: Any) -> Rows:
    return ()


def always(*_args: Any) -> bool:
    return True


def row(label: Label, words: Callable[[Answer], Label]) -> Callable[..., Rows]:
    """``in_words`` of a question whose answer fills one row."""
    return lambda answer, _names: [(label, words(answer))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    form: type[QuestionForm]
    heading: Label
    help: Label = ""
    template: str = ""
    """Its own template, if any."""
    options: Callable[..., dict[str, Any]] = nothing
    """(request, wizard, key) -> further keyword arguments of the form, such as the members to choose from."""
    current: Callable[..., Answer] = nothing
    """(request, wizard) -> what the form shows while the question is not answered yet."""
    in_words: Callable[..., Rows] = no_words
    """(answer, names by SPID) -> what the check page shows of it."""
    depends_on: tuple[str, ...] = ()
    """Questions on whose answers its own depends: it is forgotten when one of them changes."""
    kept: Callable[..., Answer] = nothing
    """(answer, wizard, key) -> what still holds of an answer that would be forgotten."""
    fits: Callable[..., bool] = always
    """(answer, wizard, key) -> whether the page would still take this answer. If not, such as for a member
    who has left since, it is asked again."""

    def rows(self, answer: Answer, names: Mapping[str, str], url: str = "") -> list[AnswerRow]:
        return [AnswerRow(str(label), str(words), url) for label, words in self.in_words(answer, names)]
