"""The lists of the admin answer no more than they show."""

import pytest
from django.contrib import admin

from dsp_platform.roles import RoleAdmin

HIDDEN = (
    ("grievances/grievance", "phone__startswith=%2B855"),
    ("grievances/grievance", "person__id__exact=1"),
    ("grievances/grievance", "reported_by__id__exact=1"),
    ("applications/application", "person__phone__startswith=%2B855"),
    ("applications/application", "submitted_by__id__exact=1"),
)


@pytest.mark.parametrize(("model", "guess"), HIDDEN)
def test_a_reviewer_cannot_guess_what_a_list_does_not_show(browsers, model, guess):
    assert browsers["reviewer"].get(f"/km/admin/{model}/").status_code == 200
    assert browsers["reviewer"].get(f"/km/admin/{model}/?{guess}").status_code == 400


@pytest.mark.parametrize(
    "guess", ["accounts/user/?password__startswith=p", "notifications/message/?phone__startswith=%2B855"]
)
def test_nor_can_a_steward(browsers, guess):
    assert browsers["steward"].get(f"/km/admin/{guess}").status_code == 400


def test_every_page_of_the_admin_asks_for_a_role():
    """A superuser would otherwise read keys of sessions and secrets of authenticator apps."""
    assert all(isinstance(page, RoleAdmin) for page in admin.site._registry.values())
