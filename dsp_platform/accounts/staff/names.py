"""Full names of staff, as citizens read them of whoever helped."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import Role, User
from dsp_platform.khmer.text import clean, search_key

DISTRICT_DIGITS = 4


def clean_staff_name(typed: str) -> str:
    """Without signs that nobody sees, by which one name could look like another. Raises ValidationError."""
    name = clean(typed)
    if not search_key(name):
        raise ValidationError(_("Enter the full name."))
    return name


def require_own_name(name: str, area_code: str, besides: int | None = None) -> None:
    """Citizens must know who helped: no two officials of one district have one name. Raises
    ValidationError. ``besides``: the account that has the name."""
    colleagues = User.objects.filter(role=Role.OFFICIAL, is_active=True).exclude(pk=besides or 0)
    district = area_code[:DISTRICT_DIGITS]
    names = colleagues.filter(area_code__startswith=district).values_list("full_name", flat=True)
    if area_code and any(search_key(one) == search_key(name) for one in names):
        raise ValidationError(
            _(
                "An official of this district has this name. "
                "Add what tells the two apart, as the year of birth."
            )
        )
