from django import template
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from dsp_platform.khmer.money import format_riel
from registry.models import Benefit, Programme
from registry.programmes import availability as by_date
from registry.programmes.selectors import amounts_of

register = template.Library()


@register.inclusion_tag("registry/programmes/amounts.html")
def amounts(programme: Programme, approved: bool = False) -> dict[str, object]:
    """What the programme gives and costs: current, announced and past amounts.

    ``approved`` adds those that two stewards approved for a later day.
    """
    return {"programme": programme, "amounts": amounts_of(programme, approved)}


register.filter(by_date.availability)
register.filter(by_date.takes_applications)
register.filter(by_date.dates_in_words)


@register.filter
def worth(benefit: Benefit) -> str:
    """The amount in riel, or a percentage without trailing zeros; and of or for what."""
    if benefit.percent is None:
        amount = format_riel(benefit.amount or 0)
    else:
        amount = f"{localize(benefit.percent.normalize() + 0)}%"
    return f"{amount} {benefit.per or ''}".strip()


@register.filter
def since(benefit: Benefit) -> str:
    """From when the amount is valid, as exactly as that is known."""
    day = date_format(benefit.valid_from, "SHORT_DATE_FORMAT")
    month = date_format(benefit.valid_from, "F Y")
    if benefit.precision == Benefit.Precision.UNKNOWN:
        return _("as known on %(date)s") % {"date": day}
    if benefit.precision == Benefit.Precision.ABOUT:
        return _("from about %(month)s") % {"month": month}
    if benefit.precision == Benefit.Precision.MONTH:
        return _("since %(month)s") % {"month": month}
    return _("since %(date)s") % {"date": day}


@register.filter
def lines(text: str) -> list[str]:
    """The lines that are not empty."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.filter
def riel(amount: int) -> str:
    return format_riel(amount)
