"""What an official's hands do: each press of a key or the mouse is counted, as is each page loaded."""

from playwright.sync_api import Page


class Hand:
    """A letter of Khmer is one key; the keys that move on count as much as the letters."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = 0
        self.pages = 1
        page.on("load", self._loaded)

    def _loaded(self, _page: Page) -> None:
        self.pages += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def enter(self) -> None:
        """Sends the form."""
        with self.page.expect_navigation():
            self.press("Enter")

    def click(self, selector: str) -> None:
        self.page.click(selector)
        self.clicks += 1

    def go_on(self, selector: str = "main form#main button.button") -> None:
        with self.page.expect_navigation():
            self.click(selector)
        assert self.page.locator(".summary").count() == 0, self.page.locator(".summary").inner_text()

    def tab_to(self, selector: str) -> None:
        """With as many presses of Tab as it takes."""
        for _press in range(40):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"no way to {selector} by Tab")
