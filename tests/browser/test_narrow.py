"""What stands in columns and rows, on a phone: whole words, from edge to edge."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.applications.helpers import sign_in
from tests.browser.conftest import PHONE
from tests.browser.test_admin_pages import show

ROWS = [
    {"label": "អាកប្បកិរិយា ការរំលោភបំពាន ការទារប្រាក់", "received": 120, "answered": 110, "in_time_percent": 92}
]
# Heads with more lines than words.
BROKEN = """() => [...document.querySelectorAll("thead th")].map(head => {
  const range = document.createRange();
  range.selectNodeContents(head);
  const words = [...new Intl.Segmenter("km", {granularity: "word"}).segment(head.textContent)];
  return [head.textContent, range.getClientRects().length, words.filter(one => one.isWordLike).length];
}).filter(([, lines, words]) => lines > words)"""
PUSHED = """() => [...document.querySelectorAll(".json-row .help")].map(
  help => help.getBoundingClientRect().left - help.closest(".json-row").getBoundingClientRect().left)"""


@pytest.mark.parametrize("language", ["km", "en"])
def test_no_head_of_the_public_numbers_is_broken_inside_a_word(transactional_db, open_page, language):
    page = open_page(f"/{language}/grievances/numbers/", PHONE)
    with translation.override(language):
        table = render_to_string("grievances/statistics/table.html", {"title": "2026", "rows": ROWS})
    page.evaluate("table => { document.querySelector('main').innerHTML = table; }", table)
    assert page.locator("thead th").count() == 3
    assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_hint_of_a_row_begins_where_the_row_does(
    transactional_db, steward, open_page, live_server, language
):
    address = f"/{language}/admin/registry/importsource/add/"
    page = open_page("/healthz", PHONE)
    show(page, live_server.url + address, sign_in(steward).get(address).content)
    pushed = page.evaluate(PUSHED)
    assert pushed
    assert max(pushed) <= 1
