"""What the steps' forms have in common: they are filled from a draft's answers and give answers back."""

from typing import Any

from django import forms


class StepForm(forms.Form):
    """``answers`` are plain JSON: the cleaned fields by name. The journey's facts come as keywords."""

    use_required_attribute = False

    def __init__(self, *args: Any, member: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.member = member or {}
        super().__init__(*args, **kwargs)

    @property
    def answers(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
