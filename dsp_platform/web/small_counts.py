"""Small counts of people are not shown exactly: they could identify somebody."""

from django.utils.translation import gettext as _

FEWEST = 10


def few(number: int) -> str:
    return str(number) if number >= FEWEST else _("fewer than %(number)s") % {"number": FEWEST}
