"""The platform's web application with one more URL, which receives changes."""

# ruff: noqa: E402, I001  (the application sets Django up, which the rest needs)
from dsp_platform.wsgi import application as application

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from dsp_platform.urls import urlpatterns as own
from tests.faults.storm.kind import change, on_this_machine

settings.ROOT_URLCONF = __name__
on_this_machine()


@csrf_exempt
def changes(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(status=201 if change(number) else 200)


urlpatterns = [path("storm/<int:number>/", changes), *own]
