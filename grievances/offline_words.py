"""What was typed about a grievance, with labels, where it could not be applied."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from dsp_platform.casework.note_pages import NoteForm
from dsp_platform.offline.titles import Titles
from dsp_platform.offline.typed import Fields, Words, of_forms, of_questions
from dsp_platform.translations.label import Label
from grievances.forms import AppealForm, HandleForm, NumberForm, WordsForm
from grievances.questions import QUESTIONS
from grievances.workflow import grievance_workflow
from registry.areas.labels import area_path
from registry.models import Area
from registry.programmes.selectors import programme


def _programme(code: str) -> Label:
    return str(programme(code) or code)


def _area(code: str) -> Label:
    found = Area.objects.filter(pk=code).first()
    return area_path(found) if found else code


def _step(name: str) -> Label:
    return grievance_workflow.steps[name].button if name in grievance_workflow.steps else name


def _application(_name: str, _data: QueryDict) -> Fields:
    return {"application": forms.CharField(label=_("Application"))}


_report = of_questions(
    QUESTIONS,
    said={"programme": _programme, "area": _area, "office_area": _area},
    further=_application,
)
WORDS: dict[str, Words] = {
    "grievances:report": _report,
    "grievances:report_question": _report,
    "grievances:grievance": of_forms(WordsForm),
    "grievances:appeal": of_forms(AppealForm),
    "grievances:desk_grievance": of_forms(HandleForm, said={"step": _step}),
    "grievances:desk_note": of_forms(NoteForm),
    "grievances:confirm_phone": of_forms(NumberForm),
}
"""By the name of the view."""
TITLES: Titles = [
    (
        _t("A page of a grievance"),
        (
            "grievances:report", "grievances:report_question", "grievances:grievance", "grievances:appeal",
            "grievances:rate", "grievances:files", "grievances:confirm_phone", "grievances:desk",
            "grievances:desk_grievance", "grievances:desk_note",
        ),
    )
]  # fmt: skip
