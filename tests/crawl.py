"""Discovers the pages of the site as a person does: from the home page, by every link."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

MOST_PAGES = 400
SAID = ("alt", "title", "placeholder", "aria-label")
SILENT = {"script", "style", "code", "kbd"}
# Attributes whose values are texts, names or addresses: only their presence matters.
SHAPING = {"class", "type", "role", "scope", "autocomplete", "inputmode", "style", "tabindex"}
LONGEST_ROW = 24
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Everybody who is signed in finds these.
SAME = ("help/", "programmes/?")
# An official with an assisted session gets the citizen's pages with a banner; they are checked as the
# citizen's.
SAME_AS_CITIZEN = ("my/changes/", "my/data/", "my/consents/", "apply/", "documents/")
LEFT_OUT = {
    **dict.fromkeys(("citizen", "newcomer", "official"), SAME),
    "assisted_session": (*SAME, *SAME_AS_CITIZEN),
}
# One of them is enough.
_ALIKE = [(re.compile(r"area=\d+"), "area="), (re.compile(r"(after|before)=[\w-]+"), r"\1=")]
Tag = tuple[str, dict[str, str]]
Shape = tuple[tuple[str, ...], ...]


def _shape(tags: list[Tag]) -> Shape:
    """In order. Repeated elements, like the rows of a table, are counted once."""
    found: list[tuple[str, ...]] = []
    for tag, values in tags:
        found.append((tag, *sorted(f"{k}={v}" if k in SHAPING else k for k, v in values.items())))
        for length in range(1, LONGEST_ROW + 1):
            if len(found) >= 2 * length and found[-length:] == found[-2 * length : -length]:
                del found[-length:]
                break
    return tuple(found)


class Reader(HTMLParser):
    """A page's texts in its own language (not those marked with another), its links and its form ids.

    ``shapes`` are the structures, without texts, of what is around its main part and of that: the length of a
    list or a table does not change them.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.words: list[str] = []
        self.links: list[str] = []
        self.forms: list[str] = []
        self._tags: tuple[list[Tag], list[Tag]] = ([], [])
        self._in_main = False
        self._open: list[tuple[str, str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self._tags[self._in_main].append((tag, values))
        self._in_main |= tag == "main"
        around, silent = self._around()
        language, silent = values.get("lang", around), silent or tag in SILENT
        if not silent and language == self.language:
            self.words += [values[name] for name in SAID if name in values]
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "form" and values.get("method", "").lower() == "post":
            self.forms.append(values.get("id", ""))
        if tag not in VOID:
            self._open.append((tag, language, silent))

    def handle_endtag(self, tag: str) -> None:
        self._in_main &= tag != "main"
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        language, silent = self._around()
        if not silent and language == self.language:
            self.words.append(data)

    @cached_property
    def shapes(self) -> tuple[Shape, Shape]:
        around, main = map(_shape, self._tags)
        return around, main

    def _around(self) -> tuple[str, bool]:
        return self._open[-1][1:] if self._open else (self.language, False)


@lru_cache(maxsize=4)
def read(page: str, language: str) -> Reader:
    """Cached briefly: the crawl reads a page's texts and its forms right after its links."""
    reader = Reader(language)
    reader.feed(page)
    return reader


def is_page(answer: HttpResponse) -> bool:
    return answer.get("Content-Type", "").startswith("text/html")


class Way:
    """The pages still to be visited, each shape once."""

    def __init__(self, language: str, more: Iterable[str] = (), left_out: Iterable[str] = ()) -> None:
        self.door = f"/{language}/"
        self._left_out = tuple(self.door + path for path in left_out)
        self._seen: set[str] = set()
        self._waiting: list[str] = []
        self.add("", [self.door, *(self.door + path for path in more)])

    def add(self, address: str, links: Iterable[str]) -> None:
        for link in links:
            parts = urlsplit(urljoin(address, link))
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            kind = path
            for pattern, sign in _ALIKE:
                kind = pattern.sub(sign, kind)
            if path.startswith(self._left_out) or "/admin/" in path or not path.startswith(self.door):
                continue
            if kind not in self._seen:
                self._seen.add(kind)
                self._waiting.append(path)

    def __iter__(self) -> Iterator[str]:
        while self._waiting:
            assert len(self._seen) < MOST_PAGES, "the pages have no end"
            yield self._waiting.pop(0)


def pages(
    client: Client, language: str, more: Iterable[str] = (), left_out: Iterable[str] = ()
) -> Iterator[tuple[str, HttpResponse]]:
    """Every page a visitor can reach, with its address, and ``more`` that no link leads to."""
    way = Way(language, more, left_out)
    for address in way:
        answer = client.get(address)
        if target := answer.get("Location", ""):
            way.add(address, [target])
        elif is_page(answer):
            way.add(address, read(answer.content.decode(), language).links)
            yield address, answer


def sent_empty(client: Client, address: str) -> HttpResponse:
    """What the form of this page answers when it is submitted empty. Its effects are rolled back."""
    with transaction.atomic():
        answer = client.post(address)
        transaction.set_rollback(True)
    return answer
