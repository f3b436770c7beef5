from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.casework.forms import LinesField
from registry.areas.selectors import villages_within
from registry.areas.village_picker import villages_by_commune
from registry.models import Area, HouseholdVisit, VillageDay
from registry.persons.forms import DayField, radios
from registry.village_days.selectors import officials_for
from registry.village_days.services import LATEST


class VillageForm(forms.Form):
    """Among those of the official's own area."""

    use_required_attribute = False

    village = forms.ChoiceField(
        label=gettext_lazy("Village"),
        error_messages={
            "required": gettext_lazy("Choose the village."),
            "invalid_choice": gettext_lazy("Choose the village."),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["village"]
        field.choices = [("", ""), *villages_by_commune(villages_within(user.area_code))]


class OfficialsField(forms.ModelMultipleChoiceField):
    district: Area | None = None

    def label_from_instance(self, official: Any) -> str:
        of_district = self.district is not None and official.area_code == self.district.code
        return f"{official.staff_name} · {self.district}" if of_district else str(official.staff_name)


class PlanForm(forms.Form):
    use_required_attribute = False

    day = DayField(label=gettext_lazy("On which day"))
    officials = OfficialsField(
        label=gettext_lazy("Who takes part"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one official.")},
    )
    chosen = radios(gettext_lazy("Which households"), VillageDay.Chosen.choices)
    not_since = DayField(
        label=gettext_lazy("Not visited since"),
        help_text=gettext_lazy(
            "For those not visited. For example 24/12/2026; left empty: never in the last 2 years."
        ),
        required=False,
    )

    def __init__(self, *args: Any, village: Area, **kwargs: Any) -> None:
        officials = officials_for(village)
        initial = {
            "day": timezone.localdate(),
            "chosen": VillageDay.Chosen.ALL,
            "officials": officials.filter(area_code=village.parent_id),
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        field: Any = self.fields["officials"]
        field.queryset = officials
        field.district = village.parent and village.parent.parent

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("Choose today or a day after it."), code="past")
        if day > today + LATEST:
            raise forms.ValidationError(_("Choose a day within half a year."), code="far")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since = cleaned.get("not_since")
        if cleaned.get("chosen") != VillageDay.Chosen.UNVISITED:
            cleaned["not_since"] = None
        elif since and since > timezone.localdate():
            self.add_error("not_since", _("This day has not come yet."))
        return cleaned


class VisitForm(forms.Form):
    use_required_attribute = False

    outcome = radios(gettext_lazy("What became of the visit"), HouseholdVisit.Outcome.choices)
    note = LinesField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Only what the next visit needs. The officials of your office read it."),
        required=False,
        max_length=200,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
