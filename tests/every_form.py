"""All forms of the platform, of whatever page: what is asked alike has to be judged alike."""

from collections.abc import Iterator

from django import forms
from django.urls import get_resolver

from tests.packages import PACKAGES


def every_form() -> Iterator[type[forms.BaseForm]]:
    assert get_resolver().url_patterns  # imports all views, and with them their forms
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    found = set()
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form not in found:
                found.add(form)
                waiting.append(form)
    return (form for form in found if form.__module__.startswith(PACKAGES) and hasattr(form, "base_fields"))
