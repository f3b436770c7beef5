"""The hidden fields that a form of the admin carries when it is opened now."""

from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory

from dsp_platform.accounts.models import Role, User


def seen(row: Model) -> str:
    request = RequestFactory().get("/")
    request.user = User(role=Role.STEWARD)
    return admin.site._registry[type(row)].digest(request, row)
