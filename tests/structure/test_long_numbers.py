"""Python parses no number of more than 4,300 digits: no id or page number of the admin can crash it."""

import pytest
from django.contrib import admin

LONG = "9" * 4_400


@pytest.mark.parametrize("number", [LONG, "9" * 25])
def test_no_row_has_such_a_number(staff_clients, number):
    for model in admin.site._registry:
        base = f"/en/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for client in staff_clients.values():
            for page in ("change", "history"):
                assert client.get(f"{base}{number}/{page}/").status_code in (302, 403, 404), base


def test_no_list_has_such_a_page(staff_clients):
    for model in admin.site._registry:
        base = f"/en/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for client in staff_clients.values():
            assert client.post(base, {"q": "1", "p": LONG}).status_code in (200, 302, 403, 405), base


@pytest.mark.parametrize(
    "subject", ["person/99999999999999999999999", f"person/{LONG}", "foo/5", f"{'x' * 300}/5"]
)
def test_no_history_is_of_such_a_subject(staff_clients, subject):
    address = f"/en/admin/exchange/ledgerentry/subject/{subject}/"
    assert staff_clients["steward"].get(address).status_code in (302, 404)
