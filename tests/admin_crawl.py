"""Discovers the pages of the admin by following every link from its index."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.crawl import is_page

# The same page with another return address, or with other numbers.
SAME = ("_changelist_filters",)
MOST_ALIKE = 2
# A steward reaches some 850: filters of 30 lists by each of their values.
MOST_PAGES = 1_200
# How many filters in a row are followed before the links of a list are ignored.
DEEPEST = 3


# A list has some hundred links, which a parser of HTML reads as slowly as Django writes them.
LINK = re.compile(r'<a\s(?:[^>"]|"[^"]*")*?\bhref="([^"]*)"')


def links(page: HttpResponse, address: str, language: str) -> Iterator[str]:
    for link in dict.fromkeys(LINK.findall(page.content.decode())):
        if found := target(html.unescape(link), address.partition("?")[0], language):
            yield found


@cache
def target(link: str, path: str, language: str) -> str:
    """Of a link on a page with that path; empty for one out of the site, or out of the session."""
    parts = urlsplit(urljoin(path, link))
    if parts.netloc or not parts.path.startswith(f"/{language}/") or "logout" in parts.path:
        return ""
    said = [(name, value) for name, value in parse_qsl(parts.query, True) if name not in SAME]
    return parts.path + (f"?{urlencode(said)}" if said else "")


def kind_of(address: str, *, narrowed: bool) -> str:
    """``narrowed``: found on a filtered list, whose combinations of filters are unlimited."""
    path, _is, query = re.sub(r"/\d+/", "/0/", address).partition("?")
    names = sorted({name for name, _value in parse_qsl(query, True)})
    return f"{path} {names}" if narrowed else f"{path}?{query}"


def walk(
    client: Client, language: str, *, narrowed: bool = True, each_value: bool = True
) -> Iterator[tuple[str, HttpResponse]]:
    """Starts at the index; of the pages of single rows, two of each kind.

    ``narrowed``: also filtered lists and the pages they link to, two for each set of parameters.
    ``each_value``: a whole list filtered by each value, such as each action of the audit, and not by two.
    """
    door = f"/{language}/admin/"
    seen, waiting, alike = {door}, [(door, 0)], Counter[str]()
    while waiting:
        address, depth = waiting.pop(0)
        answer = client.get(address)
        yield address, answer
        found = [answer["Location"]] if answer.status_code in (301, 302) else []
        if is_page(answer) and "/admin/" in address and depth < DEEPEST:
            found = list(links(answer, address, language))
        for one in found:
            kind = kind_of(one, narrowed=depth > 0 or not each_value)
            if not narrowed and "?" in one:
                continue
            if one not in seen and alike[kind] < MOST_ALIKE:
                alike[kind] += 1
                seen.add(one)
                waiting.append((one, depth + 1 if "?" in one else 0))
        assert len(seen) < MOST_PAGES, "the pages have no end"
