from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dsp_platform.web.small_counts import FEWEST
from grievances.statistics.counting import numbers as counted


def numbers(request: HttpRequest) -> HttpResponse:
    """For everybody, without persons."""
    context = {"numbers": counted(), "fewest": FEWEST}
    return render(request, "grievances/statistics/numbers.html", context)
