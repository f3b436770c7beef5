"""The form in which a steward writes a question: no code is typed, and no rule."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.approval.models import Proposal
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.web.forms import CleanTextForm
from registry.models import Programme, ProgrammeQuestion
from registry.programmes.forms import NO_REASON
from registry.programmes.questions import conditions
from registry.programmes.questions.conditions import ALL, ANY, Row
from registry.programmes.questions.definition import Asked, draft_of, name_of
from registry.programmes.questions.forms import LONGEST_TEXT
from registry.programmes.questions.services import with_codes
from registry.rules.parse import RuleError

CONDITIONS = 3
MOST_CHOICES = 30
WITH_CHOICES = (ProgrammeQuestion.Kind.ONE, ProgrammeQuestion.Kind.SEVERAL)
OF_A_PROGRAMME = ("shared", "is_required", "may_leave")


class ProgrammeQuestionForm(CleanTextForm, forms.ModelForm):
    """``programme``: of whose draft it is; None for the bank."""

    choices_km = forms.CharField(
        label=gettext_lazy("Choices, in Khmer"),
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy("One line for each choice, in the same order in both languages."),
    )
    choices_en = forms.CharField(
        label=gettext_lazy("Choices, in English"), required=False, widget=forms.Textarea({"rows": 5})
    )
    joined = forms.ChoiceField(
        label=gettext_lazy("Asked only if"),
        choices=[(ALL, gettext_lazy("all of these hold")), (ANY, gettext_lazy("one of these holds"))],
        widget=forms.RadioSelect,
        required=False,
    )

    class Meta:
        model = ProgrammeQuestion
        fields = (
            "shared", "kind", "title_km", "title_en", "hint_km", "hint_en", "least", "most", "dates",
            "is_required", "may_leave",
        )  # fmt: skip

    def __init__(self, *args: Any, programme: Programme | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.before = _before(self.instance, programme)
        for language in ("km", "en"):
            lines = [one[language] for one in self.instance.choices]
            self.fields[f"choices_{language}"].initial = "\n".join(lines)
            for name in ("title", "hint", "choices"):
                self.fields[f"{name}_{language}"].widget.attrs["lang"] = language
        if programme is None:
            for name in (*OF_A_PROGRAMME, "joined"):
                del self.fields[name]
            return
        shared = self.fields["shared"]
        shared.queryset = ProgrammeQuestion.objects.filter(programme=None)  # type: ignore[attr-defined]
        shared.empty_label = _("none: it is written here")  # type: ignore[attr-defined]
        shared.help_text = _(
            "Of the bank of questions, where several programmes ask the same. Its words, choices and limits "
            "hold; those written here do not count."
        )
        self._add_conditions()

    def _add_conditions(self) -> None:
        rows, joined = conditions.rows_of(self.instance.condition, self.before)
        self.fields["joined"].initial = joined
        choices = [
            ("", _("no condition")),
            *(
                (group, [(one.key, one.label) for one in offered])
                for group, offered in conditions.options(self.before)
                if offered
            ),
        ]
        for place in range(CONDITIONS):
            row = rows[place] if place < len(rows) else Row("")
            self.fields[f"condition_{place}"] = forms.ChoiceField(
                label=_("Condition %(number)d") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=row.option,
            )
            self.fields[f"number_{place}"] = forms.CharField(
                label=_("Number of condition %(number)d") % {"number": place + 1},
                required=False,
                max_length=12,
                initial="" if row.number is None else str(row.number),
                widget=forms.TextInput({"inputmode": "numeric", "class": "vIntegerField"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("shared"):
            self._clean_words()
        if self.programme is not None and not self.errors:
            self._clean_condition()
            self._clean_file_title(self.programme)
        return cleaned

    def _clean_words(self) -> None:
        cleaned = self.cleaned_data
        for name in ("title_km", "title_en"):
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, _("Write the question in both languages."))
        if bool(cleaned.get("hint_km")) != bool(cleaned.get("hint_en")):
            self.add_error(
                "hint_en" if cleaned.get("hint_km") else "hint_km", _("Write it in both languages.")
            )
        least, most = cleaned.get("least"), cleaned.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", _("This is less than the lowest."))
        if cleaned.get("kind") == ProgrammeQuestion.Kind.TEXT and not 0 < (most or 1) <= LONGEST_TEXT:
            words = _("Words can have %(number)d characters at most.") % {"number": LONGEST_TEXT}
            self.add_error("most", words)
        self.instance.choices = self._choices() if cleaned.get("kind") in WITH_CHOICES else []

    def _choices(self) -> list[dict[str, str]]:
        lines = [
            [line.strip() for line in self.cleaned_data.get(name, "").splitlines() if line.strip()]
            for name in ("choices_km", "choices_en")
        ]
        if len(lines[0]) != len(lines[1]):
            self.add_error("choices_en", _("Both languages need the same number of lines."))
        elif not 2 <= len(lines[0]) <= MOST_CHOICES:
            words = _("Write 2 to %(number)d choices, one on each line.") % {"number": MOST_CHOICES}
            self.add_error("choices_km", words)
        elif any(len({*of}) < len(of) for of in lines):
            self.add_error("choices_km", _("Two choices have the same words."))
        else:
            return with_codes(lines[0], lines[1], self.instance.choices)
        return list(self.instance.choices)

    def _clean_condition(self) -> None:
        rows = []
        known = conditions.by_key(self.before)
        for place in range(CONDITIONS):
            option = self.cleaned_data.get(f"condition_{place}")
            if not option:
                continue
            number = latin_digits(self.cleaned_data.get(f"number_{place}") or "").strip()
            if known[option].value is not None:
                rows.append(Row(option))
            elif number.isascii() and number.isdecimal():
                rows.append(Row(option, int(number)))
            else:
                self.add_error(f"number_{place}", _("Enter a number."))
        if self.errors:
            return
        text = conditions.rule_of(rows, self.cleaned_data.get("joined") or ALL, self.before) if rows else ""
        try:
            conditions.check(text, self.before) if text else None
        except RuleError as error:
            self.add_error("condition_0", error.message)
        self.instance.condition = text

    def _clean_file_title(self, programme: Programme) -> None:
        """Files are found again by the question that they answer."""
        asks = self.cleaned_data.get("shared") or self.instance
        kind = asks.kind if asks is not self.instance else self.cleaned_data.get("kind")
        if kind != ProgrammeQuestion.Kind.FILE:
            return
        titles = {asks.title_km, asks.title_en} if asks is not self.instance else {
            self.cleaned_data.get("title_km"), self.cleaned_data.get("title_en")
        }  # fmt: skip
        others = [one for one in draft_of(programme) if one.name != name_of(self.instance)]
        if any(
            titles & {one.title_km, one.title_en} for one in others if one.kind == ProgrammeQuestion.Kind.FILE
        ):
            words = _("Another question of this programme asks for a file by the same words.")
            self.add_error("title_km", words)


def _before(question: ProgrammeQuestion, programme: Programme | None) -> Sequence[Asked]:
    """The questions that are asked before it: all, where it is new."""
    draft = draft_of(programme) if programme is not None else []
    names = [one.name for one in draft]
    return draft[: names.index(name_of(question))] if name_of(question) in names else draft


class PublishForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=Proposal._meta.get_field("reason").max_length,
        error_messages={"required": NO_REASON},
        help_text=gettext_lazy("Why it is to change. Whoever approves it reads this."),
    )


def words_of(error: ValidationError) -> str:
    return " ".join(error.messages)
