"""One question as it was published: what is asked, in both languages, of whom, and what an answer must be."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.web.shown import digest_of
from registry.models import Programme, ProgrammeQuestion, QuestionsVersion

Kind = ProgrammeQuestion.Kind
Answer = str | int | list[str] | None
"""A date as the text of a ``PartialDate``, "yes" and "no", choices by their codes. None: left out."""

WORDS = ("kind", "title_km", "title_en", "choices")
"""What an answer answers: where it changes, the answer does not fit any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    name: str
    """``q`` and the number of its row: in rules, answers and agreements."""
    kind: str
    title_km: str
    title_en: str
    hint_km: str = ""
    hint_en: str = ""
    choices: tuple[Mapping[str, str], ...] = ()
    least: int | None = None
    most: int | None = None
    dates: str = ProgrammeQuestion.Dates.ANY
    is_required: bool = True
    condition: str = ""
    may_leave: bool = False
    shared: int | None = None
    """The entry of the bank of which it is."""

    @property
    def title(self) -> str:
        return _in_language(self.title_km, self.title_en)

    @property
    def hint(self) -> str:
        return _in_language(self.hint_km, self.hint_en)

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(one["code"], _in_language(one["km"], one["en"])) for one in self.choices]

    @property
    def digest(self) -> str:
        """Of what an answer answers."""
        return digest_of({name: value for name, value in asdict(self).items() if name in WORDS})

    def in_words(self, answer: Answer) -> str:
        if answer in (None, "", []):
            return _("not answered")
        match self.kind:
            case Kind.YES_NO:
                return _("yes") if answer == "yes" else _("no")
            case Kind.ONE:
                return dict(self.options).get(str(answer), str(answer))
            case Kind.SEVERAL:
                chosen = answer if isinstance(answer, list) else [answer]
                return "\n".join(words for code, words in self.options if code in chosen)
            case Kind.DATE:
                return day_in_words(str(answer))
        return str(answer)


def _in_language(khmer: str, english: str) -> str:
    return (english or khmer) if get_language() == "en" else (khmer or english)


def day_in_words(text: str) -> str:
    day = PartialDate.parse(text)
    return date_format(day.first, "SHORT_DATE_FORMAT") if day.precision == "day" else day.written


def described(question: ProgrammeQuestion) -> dict[str, Any]:
    """As a version stores it. What it asks comes from the bank where it is of the bank."""
    asks = question.shared or question
    one = Asked(
        name=name_of(question),
        **{name: getattr(asks, name) for name in ("kind", "title_km", "title_en", "hint_km", "hint_en")},
        **{name: getattr(asks, name) for name in ("least", "most", "dates")},
        choices=tuple(asks.choices),
        **{name: getattr(question, name) for name in ("is_required", "condition", "may_leave")},
        shared=question.shared_id,
    )
    return {**asdict(one), "choices": list(one.choices)}


def name_of(question: ProgrammeQuestion) -> str:
    return f"q{question.pk}"


def asked_of(questions: Iterable[Mapping[str, Any]]) -> list[Asked]:
    """Of a version, or of what a proposal would publish."""
    return [Asked(**{**one, "choices": tuple(one["choices"])}) for one in questions]


def draft_of(programme: Programme) -> list[Asked]:
    """As stewards are writing them."""
    rows = ProgrammeQuestion.objects.filter(programme=programme).select_related("shared")
    return asked_of(described(one) for one in rows)


def latest_version(programme: Programme) -> QuestionsVersion | None:
    return QuestionsVersion.objects.filter(programme=programme).order_by("-number").first()


def version_of(programme: Programme) -> QuestionsVersion | None:
    """Which holds now; None where nothing is asked, also where the latest asks nothing any more."""
    latest = latest_version(programme)
    return latest if latest is not None and latest.questions else None
