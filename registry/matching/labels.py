"""What a comparison found, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.matching.weights import BY_REFERENCE

LITTLE = 1
"""Less than this says almost nothing: it changes the odds by less than 2."""

COMPARISONS: dict[str, Promise] = {
    "family_name": _("Surname"),
    "given_name": _("Given name"),
    "name_order": _("Order of the names"),
    "birth": _("Date of birth"),
    "sex": _("Sex"),
    "village": _("Village"),
    "phone": _("Phone number"),
    "document": _("Document"),
    "household": _("Household members"),
    "lives_with": _("Living together"),
    BY_REFERENCE: _("Number at the source"),
}

_NAME: dict[str, Promise] = {
    "same": _("the same"),
    "near": _("one letter differs"),
    "sound": _("sounds the same"),
    "similar": _("similar"),
    "other": _("another one"),
}
LEVELS: dict[str, dict[str, Promise]] = {
    "family_name": _NAME,
    "given_name": _NAME,
    "name_order": {
        "swapped": _("surname and given name are exchanged"),
        "one_field": _("the names are the same, but divided otherwise"),
    },
    "birth": {
        "day": _("the same day"),
        "usual_day": _("both 1 January of the same year, which is often written when the day is not known"),
        "month": _("the same month"),
        "year": _("the same year"),
        "day_and_month_changed": _("day and month are exchanged"),
        "digit": _("one digit differs"),
        "year_slip": _("the same day, one year apart"),
        "same_day_of_year": _("the same day of another year"),
        "near_year": _("at most two years apart"),
        "other": _("another date"),
    },
    "sex": {"same": _("the same"), "other": _("another one")},
    "village": {
        "village": _("the same village, now or before"),
        "commune": _("the same commune"),
        "district": _("the same district"),
        "province": _("the same province"),
        "digit": _("one digit of the code differs"),
        "other": _("another province"),
    },
    "phone": {"same": _("the same number"), "other": _("another number")},
    "document": {
        "same": _("the same number"),
        "same_shared": _("the same number, of a document that families share"),
        "other": _("another number of the same type"),
    },
    "household": {
        "several": _("they live with the same people"),
        "one": _("they live with one person in common"),
        "none": _("they live with other people"),
    },
    "lives_with": {
        "no": _("neither lives with somebody of the other's name"),
        "yes": _("each lives with somebody of the other's name"),
    },
    BY_REFERENCE: {"same": _("the source calls both by the same number")},
}
