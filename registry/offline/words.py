"""What was typed into the forms of the registry, with labels, where it could not be applied."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from dsp_platform.accounts.models import User
from dsp_platform.exchange.models import Operator
from dsp_platform.offline.titles import Titles
from dsp_platform.offline.typed import Fields, Part, Said, Words, of_forms, of_questions, rows_of
from dsp_platform.translations.label import Label
from dsp_platform.web.forms import row_number
from dsp_platform.wizard.questions import AnswerRow
from registry.appointments.forms import AppointmentForm
from registry.areas.labels import area_path
from registry.areas.selectors import village
from registry.changes import questions as changes
from registry.changes.forms import RELATIONSHIPS, DecideForm, HeardForm, MoveForm
from registry.changes.workflow import change_workflow
from registry.consents.forms import ConsentForm
from registry.consents.given import GivenForm
from registry.duplicates.forms import AnswerForm
from registry.facts.circumstances import UNKNOWN
from registry.facts.table import CIRCUMSTANCES
from registry.models import DuplicateCase
from registry.persons.circumstances import SIX
from registry.persons.labels import full_name
from registry.persons.place_forms import PlaceForm
from registry.phones.replacements.forms import FirstPhoneForm, LostPhoneForm, SeenForm, StopForm
from registry.registration.counter_wizard import CounterWizard
from registry.registration.household_health import NOBODY, WHO
from registry.registration.roster.row_forms import FORMS
from registry.village_days.forms import PlanForm, VisitForm


def _operator(code: str) -> Label:
    found = Operator.objects.filter(pk=code).first()
    return str(found) if found else code


def _village(code: str) -> Label:
    found = village(code)
    return area_path(found) if found else code


def _official(pk: str) -> Label:
    number = row_number(pk)
    found = User.objects.filter(pk=number).first() if number is not None else None
    return found.staff_name if found else pk


def _decision(name: str) -> Label:
    return change_workflow.steps[name].button if name in change_workflow.steps else name


SAID: Said = {"village_code": _village, "operators": _operator}


def _circumstances() -> Fields:
    """Of each, also of those that are not asked of everybody."""
    fields: dict[str, forms.Field] = {
        name: forms.ChoiceField(label=str(one.question or one.label), choices=one.choices)
        for name, one in CIRCUMSTANCES.items()
    }
    return fields


def _of_a_member(name: str, data: QueryDict) -> Fields:
    if name in ("circumstances", "difficulties"):
        return _circumstances()
    if name == "relationships":  # its fields are named by SPID
        spids = [one for one in data if one.isdecimal()]
        return {one: forms.ChoiceField(label=f"SPID {one}", choices=RELATIONSHIPS) for one in spids}
    return {}


def household(data: QueryDict, _arguments: Mapping[str, Any]) -> list[Part]:
    """A roster, or a household that was written offline: by person."""
    rows = {name.partition("-")[0]: words for name, words in data.items() if name.endswith("-row")}
    names = {str(row): _name(data, member) or _("Member") for member, row in rows.items()}
    members = [Part(names[str(row)], _of_row(data, f"{member}-")) for member, row in rows.items()]
    place = rows_of({**ConsentForm.base_fields, **PlaceForm.base_fields}, data, said=SAID)
    return [Part("", place), *members, Part(_("Health and daily life"), _health(data, names))]


def _name(data: QueryDict, member: str) -> str:
    parts = ("family_name", "given_name")
    return full_name({part: data.get(f"{member}-{part}", "").strip() for part in parts})


def _of_row(data: QueryDict, prefix: str) -> list[AnswerRow]:
    fields = {name: field for form in FORMS.values() for name, field in form.base_fields.items()}
    six = {name: field for name, field in _circumstances().items() if name in SIX}
    return rows_of({**fields, **six}, data, prefix=prefix)


def _health(data: QueryDict, names: Mapping[str, str]) -> list[AnswerRow]:
    people = {**names, NOBODY: _("Nobody"), UNKNOWN[0]: str(UNKNOWN[1])}
    asked = ((about.question, data.getlist(name)) for name, about in WHO.items())
    return [
        AnswerRow(str(label), ", ".join(people.get(one, one) for one in chosen))
        for label, chosen in asked
        if chosen
    ]


_registration = of_questions(CounterWizard.questions, said=SAID, further=_of_a_member)
WORDS: dict[str, Words] = {
    "registry:register_question": _registration,
    "registry:register_member": _registration,
    "registry:roster": household,
    "registry:offline_household_send": household,
    "registry:change_question": of_questions(changes.QUESTIONS, said=SAID, further=_of_a_member),
    "registry:counter_change": of_forms(DecideForm, said={"decision": _decision}),
    "registry:counter_move": of_forms(MoveForm),
    "registry:counter_household_change": of_forms(HeardForm),
    "registry:counter_duplicate": of_forms(
        AnswerForm, said={"answer": lambda one: dict(DuplicateCase.Answer.choices).get(one, one)}
    ),
    "registry:counter_phone": of_forms(SeenForm),
    "registry:counter_phone_stop": of_forms(StopForm),
    "registry:first_phone": of_forms(FirstPhoneForm),
    "registry:lost_phone": of_forms(LostPhoneForm),
    "registry:consent_give": of_forms(GivenForm),
    "registry:appointment_make": of_forms(AppointmentForm),
    "registry:village_day_plan": of_forms(PlanForm, said={"officials": _official}),
    "registry:household_visit": of_forms(VisitForm),
}
"""By the name of the view."""
TITLES: Titles = [
    (
        _t("A page of a registration"),
        (
            "registry:register", "registry:roster", "registry:register_question", "registry:register_member",
            "registry:register_already", "registry:register_remove",
        ),
    ),
    (
        _t("A page of a change"),
        (
            "registry:changes", "registry:change", "registry:change_question", "registry:change_request",
            "registry:change_withdraw", "registry:counter_change", "registry:counter_household_change",
            "registry:counter_move", "registry:my_move", "registry:my_household_change",
        ),
    ),
    (
        _t("A page of a village day"),
        (
            "registry:village_days", "registry:village_day_plan", "registry:village_day",
            "registry:village_day_list", "registry:village_day_numbers", "registry:village_day_cancel",
            "registry:household_visit", "registry:household_visit_return",
        ),
    ),
    (_t("Whom you asked to come back"), ("registry:appointment_make", "registry:appointment_end")),
    (_t("A household"), ("registry:offline_household", "registry:offline_household_send")),
]  # fmt: skip
