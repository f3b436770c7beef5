"""The scope of an account in a form: an area is found by its name, an operator chosen from all."""

from functools import partial

from django import forms
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.staff.scopes import scopes_found_by
from dsp_platform.web.place_search import PlaceSearchField


class AreaField(PlaceSearchField):
    """``kept``: the code that an account has, which may stay though the area is abolished. Of another one the
    address is seen before it counts, also where it alone is found."""

    def __init__(self, *, kept: str) -> None:
        super().__init__(
            search=partial(scopes_found_by, "area_code"),
            not_found=gettext_lazy("No commune and no district is called so."),
            kept=kept,
            least=1,
            label=gettext_lazy("Area"),
            required=False,
            help_text=gettext_lazy("For officials: the name of the commune or sangkat, district or khan."),
        )


class OperatorField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Operator"),
            required=False,
            help_text=gettext_lazy("For reviewers."),
            widget=forms.Select(choices=[("", "–"), *scopes_found_by("operator_code", "")]),
        )
