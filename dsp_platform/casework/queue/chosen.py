"""The rows that were ticked in a list, as the pages that follow its action send them again."""

from django.http import HttpRequest

from dsp_platform.web.forms import row_number

MOST = 100
ROW = "row"
"""The key of an item, and a number of what the page showed of it, such as its version."""


def rows_sent(request: HttpRequest) -> dict[int, int]:
    """By key of the item, that number. What no page of ours has written is left out."""
    shown: dict[int, int] = {}
    for value in request.POST.getlist(ROW)[:MOST]:
        key, _dash, number = value.partition("-")
        pk, of_page = row_number(key), row_number(number)
        if pk is not None and of_page is not None:
            shown[pk] = of_page
    return shown
