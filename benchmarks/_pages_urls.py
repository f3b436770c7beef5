"""The platform's addresses and one bare view beside them, behind the same middleware."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path

from dsp_platform import urls


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("bare")


urlpatterns = [*urls.urlpatterns, *i18n_patterns(path("bare/", bare))]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
