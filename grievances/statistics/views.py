from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from dsp_platform.web.small_counts import FEWEST
from grievances.statistics.counting import numbers as counted


def numbers(request: HttpRequest) -> HttpResponse:
    """For everybody, without persons. A process keeps the numbers for a while: a visitor with any cookie
    passes the cache of pages, and to find which are too few takes long."""
    key = f"grievances.numbers.{timezone.localdate()}.{get_language()}"
    context = {"numbers": cache.get_or_set(key, counted, settings.PUBLIC_NUMBERS_SECONDS), "fewest": FEWEST}
    return render(request, "grievances/statistics/numbers.html", context)
