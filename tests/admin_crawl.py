"""Finding the pages of the admin as staff find them: from its index, by every link."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.crawl import MOST_PAGES, is_page, read

# The same page with another way back, or with other numbers beside it.
SAME = ("_changelist_filters", "_facets")
MOST_ALIKE = 2


def links(page: HttpResponse, address: str, language: str) -> Iterator[str]:
    for link in read(page.content.decode(), language).links:
        parts = urlsplit(urljoin(address, link))
        said = [(name, value) for name, value in parse_qsl(parts.query, True) if name not in SAME]
        if not parts.netloc and parts.path.startswith(f"/{language}/") and "logout" not in parts.path:
            yield parts.path + (f"?{urlencode(said)}" if said else "")


def is_followed(address: str) -> bool:
    """Of a list that is narrowed down the links are those of the list, over again."""
    return "/admin/" in address and "?" not in address


def walk(client: Client, language: str, *, narrowed: bool = True) -> Iterator[tuple[str, HttpResponse]]:
    """From the index on; of the pages of single rows, two of each kind. ``narrowed``: filtered lists too."""
    door = f"/{language}/admin/"
    seen, waiting, alike = {door}, [door], Counter[str]()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        yield address, answer
        found = [answer["Location"]] if answer.status_code in (301, 302) else []
        if is_page(answer) and is_followed(address):
            found = list(links(answer, address, language))
        for one in found:
            kind = re.sub(r"/\d+/", "/0/", one)
            if not narrowed and "?" in one:
                continue
            if one not in seen and alike[kind] < MOST_ALIKE:
                alike[kind] += 1
                seen.add(one)
                waiting.append(one)
        assert len(seen) < MOST_PAGES * 2, "the pages have no end"
