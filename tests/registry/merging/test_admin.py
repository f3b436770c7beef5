"""The pages of merges in the admin."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from registry.merging.services import merge
from registry.models import Merge
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


def test_whoever_decided_is_named_with_the_user_name(maly, other_maly, two, auditor):
    done = merge(kept=maly, merged=other_maly, **two)
    Merge.objects.filter(pk=done.pk).update(undone_at=timezone.now(), undone_by=auditor)
    reader = browser(two["actor"])
    listed = reader.get(reverse("admin:registry_merge_changelist")).content.decode()
    shown = reader.get(reverse("admin:registry_merge_change", args=[done.pk])).content.decode()
    for official in two.values():
        assert official.staff_name in listed
        assert official.staff_name in shown
    assert auditor.staff_name in shown


@pytest.mark.parametrize("whose", ["maly", "other_maly"])
def test_a_merge_is_found_by_either_number(maly, other_maly, rith, two, whose):
    done = merge(kept=maly, merged=other_maly, **two)
    with translation.override("en"):
        found = reverse("admin:registry_merge_change", args=[done.pk])
    reader = browser(two["actor"])
    for person, is_found in (({"maly": maly, "other_maly": other_maly}[whose], True), (rith, False)):
        page = reader.post("/en/admin/registry/merge/", {"q": person.spid_grouped}).content.decode()
        assert (found in page) is is_found
