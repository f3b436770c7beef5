"""What is printed fits its paper: a number is never pushed off by a name, however long."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import translation

from tests.browser.conftest import BASE

CSS = Path(BASE, "static/dspp.css").read_text()
LATIN = "Sok Sokha Wilhelmina "
NAMES = [
    ("សុខ សុខា", "Sok Sokha"),
    ("សុខ សុខា" * 8, ""),
    ("ពិសិដ្ឋសុវណ្ណារិទ្ធ" * 9, ""),  # 170 signs
    ("ឈណ្ណ" * 50, LATIN * 9),
    ("សុខា" * 50, "Sokha" * 40),
    ("ណ" * 200, "W" * 200),  # as wide as signs can be: the end of the name is cut
]

_CARDS = """() => [...document.querySelectorAll(".id-card")].map((card) => {
  const box = (one) => card.querySelector(one).getBoundingClientRect();
  const holds = (outer, inner) => inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1
    && inner.left >= outer.left && inner.right <= outer.right;
  const [edge, shown, number] = [card.getBoundingClientRect(), box("div"), box(".id-number .spid")];
  return {
    number: holds(edge, number) && number.height > 10 && shown.bottom <= box(".id-number").top + 1,
    code: holds(shown, box(".qr")),
    name: holds(shown, box(".id-name")) && box(".id-name").right <= box(".qr").left,
    height: Math.round(edge.height * 25.4 / 96),
  };
})"""


@pytest.fixture
def printed(chromium, db, rf):
    """``printed(template, **context)``: the page as it is laid out on paper."""
    context = chromium.new_context(viewport={"width": 794, "height": 1123})
    page = context.new_page()
    page.emulate_media(media="print")

    def lay_out(template: str, **values):
        request = rf.get("/km/")
        request.user, request.session = AnonymousUser(), {}
        with translation.override("km"):
            html = render_to_string(template, values, request)
        page.set_content(f"{html}<style>{CSS}</style>")
        return page

    yield lay_out
    context.close()


def members():
    for number, (name, latin) in enumerate(NAMES):
        person = SimpleNamespace(name=name, latin_name=latin, spid_grouped=f"1234 5678 901{number}")
        yield SimpleNamespace(person=person, get_relationship_display="កូន"), ""


def test_the_longest_name_leaves_number_and_code_on_the_card(printed):
    cards = printed("registry/home/card.html", codes=list(members())).evaluate(_CARDS)
    whole = {"number": True, "code": True, "name": True, "height": 54}
    assert cards[:-1] == [whole] * (len(NAMES) - 1)
    assert cards[-1] | {"name": True} == whole


def test_the_longest_name_leaves_the_number_on_the_slip(printed):
    page = printed("registry/home/slip.html", codes=list(members()), household=None)
    numbers = page.locator(".slip .spid").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((box) => box.width > 50 && box.left >= 0"
        " && box.right <= innerWidth)"
    )
    assert numbers == [True] * len(NAMES)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
