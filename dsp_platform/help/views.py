from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dsp_platform.help.topics import TOPICS, topic


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "help/index.html", {"topics": TOPICS})


def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = topic(slug)
    if found is None:
        raise Http404
    return render(request, f"help/{found.slug}.html", {"topic": found})
