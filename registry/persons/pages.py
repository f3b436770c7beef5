"""Each question about a person as a page: its words, its form, its template."""

from dataclasses import dataclass

from django.utils.functional import Promise

from registry.forms.steps import StepForm


@dataclass(frozen=True, slots=True)
class Page:
    form: type[StepForm]
    question: str | Promise
    help: str | Promise = ""
    template: str = "registry/step.html"
