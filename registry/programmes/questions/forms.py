"""The form by which a citizen answers one question. Its field is named ``answer``."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.dates import DateProblem, InTheFuture, parse_date_parts
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean, clean_lines
from dsp_platform.uploads.forms import FilesField, FilesInput
from dsp_platform.wizard.forms import QuestionForm
from registry.identity.dates import PROBLEMS, DatePartsField
from registry.models import ProgrammeQuestion
from registry.persons.forms import CHOOSE, radios
from registry.programmes.questions.definition import Asked

Kind, Dates = ProgrammeQuestion.Kind, ProgrammeQuestion.Dates
LONGEST_TEXT = 2000
SHORT_TEXT = 200
"""More is written in several lines."""
SENT = "sent"
"""The answer to a question that asks for a file; the file itself is a document of the application."""
HOW_TO_SEND = _("Take a photo of each page, or choose photos or PDF files.")
_YEARS_AHEAD = 50


class WordsField(forms.CharField):
    def to_python(self, value: Any) -> str:
        several = isinstance(self.widget, forms.Textarea)
        return super().to_python((clean_lines if several else clean)(str(value or ""))) or ""


class NumberField(forms.CharField):
    """Whole; Khmer digits, and separators of thousands, too."""

    def __init__(self, *, least: int | None, most: int | None, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "class": "short"}

    def clean(self, value: Any) -> Any:
        text = latin_digits(super().clean(value)).replace(",", "").replace(" ", "").strip()
        if not text and not self.required:
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 13):
            raise ValidationError(_("Enter a whole number in digits."))
        number = int(text)
        if self.least is not None and number < self.least:
            raise ValidationError(_("The number must be at least %(least)d."), params={"least": self.least})
        if self.most is not None and number > self.most:
            raise ValidationError(_("The number must be at most %(most)d."), params={"most": self.most})
        return number


class DayField(DatePartsField):
    """As the text of a ``PartialDate``; None where nothing is typed and nothing has to be."""

    def __init__(self, *, dates: str, **kwargs: Any) -> None:
        self.dates = dates
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        day, month, year = (str(part or "") for part in (value or ("", "", "")))
        if not self.required and not (day + month + year).strip():
            return None
        today = timezone.localdate()
        try:
            found = parse_date_parts(day, month, year, today=self._last_day(day, month, year, today))
        except DateProblem as problem:
            raise ValidationError(PROBLEMS[problem.code], code=problem.code) from problem
        if self.dates == Dates.FUTURE and found.last < today:
            raise ValidationError(_("This date is in the past."))
        return str(found)

    def _last_day(self, day: str, month: str, year: str, today: date) -> date:
        """Of a date in the future, one of some decades; the limits of dates in the past stay as they are."""
        if self.dates == Dates.PAST:
            return today
        try:
            parse_date_parts(day, month, year, today=today)
        except InTheFuture:
            return today.replace(year=today.year + _YEARS_AHEAD, day=1)
        except DateProblem:
            pass
        return today


def field_for(asked: Asked) -> forms.Field:
    """Not for a file: that is received by ``uploads``."""
    common: dict[str, Any] = {
        "label": asked.title,
        "help_text": asked.hint,
        "required": asked.is_required,
    }
    match asked.kind:
        case Kind.NUMBER:
            return NumberField(
                least=asked.least,
                most=asked.most,
                error_messages={"required": _("Enter a number.")},
                **common,
            )
        case Kind.DATE:
            return DayField(dates=asked.dates, **common)
        case Kind.YES_NO:
            field = radios(choices=[("yes", _("Yes")), ("no", _("No"))], **common)
        case Kind.ONE:
            field = radios(choices=asked.options, **common)
        case Kind.SEVERAL:
            field = forms.MultipleChoiceField(
                choices=asked.options,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Choose at least one.")}
                | {"invalid_choice": CHOOSE["required"]},
                **common,
            )
        case _words:
            most = asked.most or SHORT_TEXT
            return WordsField(
                min_length=asked.least,
                max_length=most,
                widget=forms.Textarea({"rows": 5}) if most > SHORT_TEXT else forms.TextInput(),
                error_messages={"required": _("Write your answer.")},
                **common,
            )
    return field


class AnswerForm(QuestionForm):
    """``may_keep``: whether it is asked if the answer may be used for other programmes too. Where a file is
    asked for: ``has_file`` if one was sent already, and those ``refused`` on the way in."""

    def __init__(
        self,
        *args: Any,
        asked: Asked,
        may_keep: bool = False,
        has_file: bool = False,
        refused: Sequence[object] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.has_file, self.refused = asked, has_file, refused
        if asked.kind == Kind.FILE:
            self.fields["answer"] = FilesField(
                label=asked.title,
                help_text=" ".join(filter(None, (asked.hint, str(HOW_TO_SEND)))),
                required=False,
                widget=FilesInput({"accept": "image/*,application/pdf", "multiple": True}),
            )
        else:
            self.fields["answer"] = field_for(asked)
        if may_keep:
            self.fields["keep"] = forms.BooleanField(
                label=_("Show me this answer when another programme asks the same"), required=False
            )
            self.fields["keep"].answer_expected = True  # type: ignore[attr-defined]  # no "optional" beside it

    def clean_answer(self) -> Any:
        answer = self.cleaned_data["answer"]
        if self.asked.kind != Kind.FILE or answer or self.has_file or self.refused:
            return answer
        if self.asked.is_required:
            raise ValidationError(_("Choose a photo or a file."))
        return answer

    @property
    def answers(self) -> dict[str, Any]:
        answer = self.cleaned_data.get("answer")
        if self.asked.kind == Kind.FILE:
            answer = SENT if answer or self.has_file else None
        kept = {"keep": True} if self.cleaned_data.get("keep") else {}
        return {"answer": answer, "asked": self.asked.digest, **kept}


def fits(asked: Asked, answer: Any) -> bool:
    """Whether a stored answer is still one to this question."""
    if answer in (None, "", []):
        return not asked.is_required
    field = field_for(asked)
    try:
        parts = [*reversed([*str(answer).split("-"), "", ""][:3])] if asked.kind == Kind.DATE else answer
        field.clean(parts)
    except ValidationError:
        return False
    return True
