"""The form of the next step with an item."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.workflow import Workflow
from dsp_platform.khmer.text import clean_lines


class LinesField(forms.CharField):
    """Text of several lines, without invisible and control characters."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_lines(super().to_python(value) or "")


NOTE = _("Note")
NO_WORDS: Mapping[str, str] = {}


def step_choice(
    label: Any, required: Any, widget: type[forms.RadioSelect] = forms.RadioSelect
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, widget=widget, error_messages={"required": required})


class StepSelect(forms.RadioSelect):
    """Each step names the fields that are asked with it: ``steps.css`` shows those of the chosen one."""

    asked: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {}
    """By step: all of them, and those that it needs."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.asked:
            takes, needs = self.asked[str(value)]
            option["attrs"] |= {"data-takes": " ".join(takes), "data-needs": " ".join(needs)}
        return option


def note_field(workflow: Workflow[Any], help_text: Any, *, label: Any = NOTE, rows: int = 4) -> LinesField:
    """Whether a step needs it is in the table."""
    return LinesField(
        label=label,
        help_text=help_text,
        max_length=workflow.note_length,
        required=False,
        widget=forms.Textarea({"rows": rows}),
    )


class VersionField(forms.IntegerField):
    """Which version of an item the page showed to whoever writes about it. A form without it is sent on no
    page, and its words are for no version."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, min_value=0)


class StepForm(forms.Form):
    """A subclass adds the field that names the step, a ``step_choice``, and ``note``, a ``note_field``."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    """Of the item that the page showed."""

    workflow: ClassVar[Workflow[Any]]
    step_field: ClassVar[str]
    typed: ClassVar[tuple[str, ...]] = ("note",)
    """Fields with words."""

    def __init__(
        self, *args: Any, item: WorkItem, words: Mapping[str, str] = NO_WORDS, **kwargs: Any
    ) -> None:
        """``words``: that were sent about an earlier version."""
        kwargs["initial"] = {"version": item.version, **words}
        super().__init__(*args, **kwargs)
        self.item = item
        # All of them, so that the service can say who was first when one is no longer possible.
        self._offer(list(self.workflow.steps))

    def words_sent(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.typed}

    def values(self) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        names = {"version": "expected_version"}
        return {names.get(name, name): value for name, value in self.cleaned_data.items()}

    def offered(self, steps: Mapping[str, Exception | None]) -> Self | None:
        """With those steps that ``Deciders.steps_for`` has no error for; None when there are none."""
        names = [name for name, error in steps.items() if error is None and self.workflow.steps[name].button]
        self._offer(names)
        return self if names else None

    def _offer(self, names: list[str]) -> None:
        chosen = [step for step in self.workflow.steps.values() if step.button and step.name in names]
        choose(self, self.step_field, [(step.name, step.button) for step in chosen])


def choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    """From these only."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices
