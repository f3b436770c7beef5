from typing import Any

from django import forms


class QuestionForm(forms.Form):
    use_required_attribute = False

    @property
    def answers(self) -> dict[str, Any]:
        """What the draft stores: plain JSON, the cleaned fields by name."""
        return dict(self.cleaned_data)
