"""No page of the admin is wider than a phone or a laptop; wide content scrolls in its own box."""

from datetime import date, timedelta
from itertools import chain

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page

from dsp_platform.exchange.models import LedgerEntry, Operator, Outstanding
from registry.models import Benefit, PhoneReplacement, Programme
from registry.unusual.rules import RULES
from tests.admin_crawl import walk
from tests.browser.conftest import LAPTOP, PHONE
from tests.roles import as_owner
from tests.structure.conftest import *  # noqa: F403

# Besides the targets of links.
MORE = [f"/km/admin/registry/unusualaction/?rule={rule.code}" for rule in RULES]
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def packed(staff_clients, sharing, second_steward):
    """Every table has rows: amounts of a programme, held records, unusual events."""
    operator = Operator.objects.get(pk="nssf")
    with transaction.atomic():  # later two people would have to say so
        with as_owner():
            programme = Programme.objects.create(
                code="cash", operator=operator, name_km="ឧបត្ថម្ភ", name_en="Cash", state="open", position=0
            )
        for year in (2025, 2026):
            with as_owner():
                Benefit.objects.create(
                    programme=programme, label_km="ប្រាក់ឧបត្ថម្ភប្រចាំខែសម្រាប់ស្ត្រីមានផ្ទៃពោះ", label_en="Support",
                    amount=160_000, per_km="ក្នុងមួយខែ", per_en="a month", valid_from=date(year, 1, 1),
                    valid_to=date(year, 12, 31),
                    source_km="អនុក្រឹត្យស្តីពីកម្មវិធី", source_en="https://example.org/" + "long" * 20,
                )  # fmt: skip
    for number, reason in enumerate(("value_too_long", "duplicate", "no_code:sex"), start=7000):
        entry = LedgerEntry.objects.create(
            operator=operator, kind="person", subject_id=number, wanted_version=1, state="held",
            reason=reason, agreement=sharing,
        )  # fmt: skip
        Outstanding.objects.create(entry=entry, operator=operator, held=True)
    mapping = {"table": "application_event", "columns": [f"a_long_name_of_column_{one}" for one in range(9)]}
    with as_owner():
        Operator.objects.filter(pk="nssf").update(
            last_error="missing_table", pull_error="unexpected_answer", status_mapping=mapping
        )
    PhoneReplacement.objects.update(state="objected", ended_at=timezone.now(), ended_by=second_steward)
    PhoneReplacement.objects.update(asked_at=timezone.now() - timedelta(days=1))
    return staff_clients


def test_no_page_of_the_admin_is_wider_than_a_phone(packed, open_page, live_server):
    """Each page once, for the first user to whom it is shown, with the answer of the server."""
    page, wide, seen = open_page("/healthz", PHONE), {}, set()
    for who in ("steward", "auditor", "reviewer nssf"):
        programme = Programme.objects.get(code="cash")
        more = [*MORE, f"/km/admin/registry/programme/{programme.pk}/change/"]
        known = ((address, packed[who].get(address)) for address in more)
        for address, answer in chain(known, walk(packed[who], "km", narrowed=False)):
            if answer.status_code == 200 and address not in seen:
                seen.add(address)
                show(page, live_server.url + address, answer.content)
                for size in (LAPTOP, PHONE):
                    page.set_viewport_size(size)
                    if (over := page.evaluate(OVER)) > 0:
                        wide[f"{address} at {size['width']}"] = over
    assert len(seen) > 50
    assert not wide, "\n".join(f"{over} px: {address}" for address, over in wide.items())


@pytest.mark.parametrize("model", ["exchange/agreement", "registry/programme", "registry/importsource"])
def test_after_a_failed_save_what_is_wrong_is_in_sight(packed, open_page, live_server, model):
    """Without scripts; and it leads to the first field that is wrong."""
    answer = packed["steward"].post(f"/km/admin/{model}/add/", {})
    page = open_page("/healthz", LAPTOP)
    show(page, f"{live_server.url}/km/admin/{model}/add/", answer.content)
    links = page.locator("#errors a")
    assert links.count() > 1
    assert links.first.is_visible()
    box = links.first.bounding_box()
    assert box["y"] + box["height"] < LAPTOP["height"]
    links.last.click()
    wrong = page.locator(links.last.get_attribute("href"))
    assert -1 < wrong.bounding_box()["y"] < LAPTOP["height"]


def show(page: Page, url: str, content: bytes) -> None:
    kind = "text/html; charset=utf-8"  # the pages of the admin say it nowhere else
    page.route(url, lambda route: route.fulfill(body=content, content_type=kind), times=1)
    page.goto(url)
