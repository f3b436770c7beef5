"""The questions of a report, one form for each page."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms import LinesField, choose
from applications.models import Application
from dsp_platform.accounts.phones.fields import PhoneField
from dsp_platform.exchange.models import Operator
from grievances import workflow
from grievances.models import Grievance
from grievances.steps import LENGTH
from registry.areas.selectors import search_areas
from registry.models import Area, Person


class StepForm(forms.Form):
    """``person`` is whom the report is about when somebody is signed in, else None."""

    answers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def kept(self) -> dict[str, Any]:
        """What the draft keeps of this page."""
        return {name: self.cleaned_data.get(name, "") for name in self.answers}


class CategoryForm(StepForm):
    answers = ("category",)
    category = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[choice for choice in Grievance.Category.choices if choice[0] != Grievance.Category.APPEAL],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )


class WhatForm(StepForm):
    answers = ("text",)
    text = LinesField(
        label=_("What happened?"),
        help_text=_("In your own words. When and where was it? What should be done?"),
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write what happened.")},
    )


class WhereForm(StepForm):
    answers = ("application", "operator", "place", "area")
    operator = forms.ChoiceField(label=_("Which operator is it about?"), required=False)
    place = forms.CharField(
        label=_("In which commune or sangkat?"),
        help_text=_("Its name, in Khmer or Latin letters."),
        max_length=100,
        required=False,
    )
    area = forms.ChoiceField(
        label=_("There are several of this name. Which one is it?"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(operator.code, str(operator)) for operator in Operator.objects.filter(active=True)]
        choose(self, "operator", [("", _("I do not know")), *names])
        self._offer_applications()
        self.areas = self._areas()
        if len(self.areas) > 1:
            self.fields["area"].answer_expected = True  # type: ignore[attr-defined]  # not "(optional)"
            choose(self, "area", [(area.code, _path(area)) for area in self.areas])
        else:
            del self.fields["area"]

    def _offer_applications(self) -> None:
        applications = Application.objects.filter(person=self.person) if self.person else None
        if applications:
            rows = applications.select_related("programme").order_by("-pk")
            self.fields["application"] = forms.ChoiceField(
                label=_("Is it about one of your applications?"),
                required=False,
                choices=[
                    ("", _("No")),
                    *((one.reference, f"{one.programme} {one.reference}") for one in rows),
                ],
            )
            self.order_fields(["application"])

    def _areas(self) -> list[Area]:
        typed = self.data.get("place") if self.is_bound else self.initial.get("place")
        found = search_areas(typed, level="commune") if typed else []
        same = [area for area in found if typed in (area.name_km, area.name_latin, area.code)]
        return same if len(same) == 1 else found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("place") and not self.areas:
            self.add_error("place", _("We do not find this commune. Check the name, or leave it empty."))
        if len(self.areas) > 1 and not data.get("area") and "area" not in self.errors:
            self.add_error("area", _("Choose one of these communes."))
        if len(self.areas) == 1:
            data["area"] = self.areas[0].code
        return data


def _path(area: Area) -> str:
    names = [area.name]
    while area.parent:
        area = area.parent
        names.append(area.name)
    return ", ".join(names)


class ContactForm(StepForm):
    answers = ("phone", "unnamed")
    phone = PhoneField(
        gets_texts=True,
        label=_("Phone number for news"),
        help_text=_("It tells the reference and nothing else. You confirm the number at the end."),
        required=False,
    )
    unnamed = forms.BooleanField(
        label=_("Stay unnamed"),
        help_text=_("Then nobody can see who reported this. Keep the reference and the PIN well."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.person is None:
            del self.fields["unnamed"]


class NumberForm(forms.Form):
    """The number for news once more, for whoever mistyped it."""

    use_required_attribute = False
    phone = PhoneField(
        gets_texts=True,
        label=_("Is the number wrong? Write the right one"),
        error_messages={"required": _("Enter your phone number.")},
    )


class FollowForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference"),
        max_length=32,
        error_messages={"required": _("Enter the reference.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "short"}),
    )
    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("12 digits. Older PINs have 6."),
        max_length=32,
        error_messages={"required": _("Enter the PIN.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )


class WordsForm(forms.Form):
    words = LinesField(
        label=_("What do you want to tell us?"),
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what you want to tell us.")},
    )


class AppealForm(forms.Form):
    words = LinesField(
        label=_("Why do you not agree?"),
        help_text=_("In your own words. What is wrong, and what should be looked at again?"),
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write why you do not agree.")},
    )


HANDLING = {
    "take_up": _("Look into it"),
    "resolve": _("Answer"),
    "dismiss": _("Close without action"),
    "pass_on": _("Pass on to another operator"),
    "uphold": _("The decision stands"),
    "overturn": _("The decision was wrong: decide anew"),
}


class HandleForm(forms.Form):
    """What staff do. ``version`` is that of the grievance the page showed."""

    step = forms.ChoiceField(
        label=_("Next step"),
        choices=list(HANDLING.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the next step.")},
    )
    operator: "forms.ModelChoiceField[Operator]" = forms.ModelChoiceField(
        label=_("Pass on to"), queryset=Operator.objects.filter(active=True), required=False
    )
    note = LinesField(
        label=_("Answer"),
        help_text=_("The person who reported reads this."),
        max_length=LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, grievance: Grievance, note: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"version": grievance.version, "note": note}
        super().__init__(*args, **kwargs)
        self.grievance = grievance

    def offered(self, *who: str) -> "HandleForm | None":
        """With the steps that are possible now for this side; None when there are none."""
        possible = {step.name for step in workflow.allowed(self.grievance, *who)}
        choices = [(name, label) for name, label in HANDLING.items() if name in possible]
        choose(self, "step", choices)
        if "pass_on" not in possible:
            del self.fields["operator"]
        return self if choices else None
