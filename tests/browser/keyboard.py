"""Navigation without a mouse: Tab, arrows, space and Enter."""

from playwright.sync_api import Page

MOST_TABS = 60
_WHERE = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  return {
    name: one.name || "", value: one.value || "", type: one.type || "", tag: one.tagName,
    classes: one.className, text: one.textContent.trim(), checked: !!one.checked,
    seen: one.matches(":focus-visible") && getComputedStyle(one).outlineStyle !== "none" && box.bottom > 0
      && box.top < innerHeight,
  };
}"""


def focused(page: Page) -> dict:
    return page.evaluate(_WHERE)


def tab_to(page: Page, name: str = "", button: str = "") -> dict:
    """Press Tab until the field with this name, or the button (or link) with this text, has the focus."""
    for _tab in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = focused(page)
        is_field = name and here["name"] == name
        if is_field or (button and button in here["text"] and here["tag"] in ("BUTTON", "A")):
            assert here["seen"], f"nobody sees that {name or button} has the focus"
            return here
    raise AssertionError(f"{name or button} cannot be reached by the keyboard on {page.url}")


def answer(page: Page, name: str, value: str | bool) -> None:
    here = tab_to(page, name)
    if here["type"] == "radio":
        _choose(page, name, str(value))
    elif here["type"] == "checkbox":
        while value is not True and focused(page)["value"] != value:
            tab_to(page, name)
        page.keyboard.press("Space")
        assert focused(page)["checked"]
    else:
        page.keyboard.type(str(value))


def _choose(page: Page, name: str, value: str) -> None:
    page.keyboard.press("Space")
    for _arrow in range(MOST_TABS):
        here = focused(page)
        if (here["name"], here["value"], here["checked"]) == (name, value, True):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} has no answer {value}")


def go_on(page: Page, words: str = "") -> None:
    """To the main button of the page, and Enter."""
    for _tab in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = focused(page)
        if here["tag"] == "BUTTON" and "button" in here["classes"].split() and words in here["text"]:
            assert here["seen"]
            break
    else:
        raise AssertionError(f"the button of {page.url} cannot be reached")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tell(page: Page, *answers: tuple[str, str | bool]) -> None:
    """Answers in the order of the page, then its button."""
    for name, value in answers:
        answer(page, name, value)
    go_on(page)
    assert page.locator(".summary").count() == 0, page.locator(".summary").inner_text()
