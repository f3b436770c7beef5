"""Staff see labels in the admin, never an internal code."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from html.parser import HTMLParser

import pytest
from django.utils.translation import override

from dsp_platform.exchange.ledger.jobs import RESULTS
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.reconcile.compare import Tally
from dsp_platform.jobs.kinds import kinds
from dsp_platform.notifications import providers, receipts, services
from dsp_platform.notifications.providers import http_gateway
from dsp_platform.notifications.reasons import REASONS, in_words
from registry.models import ImportSource, KeySetup, LifeSituation, Programme
from registry.unusual.rules import ACTIONS, rule_of
from tests.admin_crawl import walk
from tests.codes import calls

CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")
# Its page has labels of its own: `exchange.agreements.labels`.
AGREEMENTS = "/exchange/agreement/"
SILENT = {"script", "style", "textarea", "code", "kbd"}


class Texts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in SILENT:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside and data.strip():
            self.found.append(data.strip())


def codes(page: str) -> set[str]:
    parts = (part.strip() for text in Texts(page).found for part in re.split(r"[·,()\d|›:/]", text))
    return {part for part in parts if CODE.fullmatch(part)}


def names() -> set[str]:
    """Names, input and known terms, which have no other label. And the agreement of the tests."""
    coded = (Operator, Programme, LifeSituation, ImportSource)
    given = [model.objects.values_list("code", flat=True) for model in coded]
    return {"test", "true", *providers.names(), "fake", *(code for codes_ in given for code in codes_)}


def test_no_page_of_the_admin_shows_a_bare_code(staff_clients):
    """In Khmer, where a word of small Latin letters is a code."""
    known, shown = names(), defaultdict(set)
    for who in ("auditor", "steward", "reviewer nssf"):
        for address, answer in walk(staff_clients[who], "km", narrowed=False):
            if answer.status_code == 200 and AGREEMENTS not in address:
                for code in codes(answer.content.decode()) - known:
                    shown[code].add(address)
    assert not shown, "\n".join(f"{code}: {sorted(pages)[:3]}" for code, pages in shown.items())


JSON = re.compile(r"""[{\[]["'{\[]|["']: """)


def test_no_page_of_the_admin_shows_json(staff_clients):
    found = {
        address: texts
        for address, answer in walk(staff_clients["auditor"], "km", narrowed=False)
        if answer.status_code == 200
        and (texts := [text for text in Texts(answer.content.decode()).found if JSON.search(text)])
    }
    assert not found


@pytest.mark.parametrize(
    ("body", "bare"),
    [
        ("<td>change_yes</td>", {"change_yes"}),
        ("<td>nssf · wrong_type</td>", {"nssf", "wrong_type"}),
        ("<td>បានមើល</td><td>clerk.banteay</td><td>P-0000-0001</td>", set()),
        ("<script>let code</script><textarea>rule</textarea>", set()),
    ],
)
def test_a_bare_code_is_seen(body, bare):
    assert codes(body) == bare


def is_khmer(words: str) -> bool:
    return any("ក" <= sign <= "៿" for sign in words)


def reasons_of_messages() -> Iterator[str]:
    for name in ("MessageRefused", "Unreachable", "OutcomeUnknown", "_try_again", "_record"):
        for file, call, _function in calls(name):
            if "/notifications/" in file:
                given = [*call.args, *(word.value for word in call.keywords if word.arg == "reason")]
                yield from (one.value for one in given if isinstance(one, ast.Constant) and one.value)
    for table in (http_gateway.REFUSED_FOR_GOOD, http_gateway.LATER, http_gateway.UNKNOWN):
        yield from table.values()
    yield from (receipts.NOT_ARRIVED, services.ORIGIN, services.NO_RECIPIENT, "budget")


@pytest.mark.parametrize("language", ["km", "en"])
def test_what_became_of_a_message_has_words(language):
    found = set(reasons_of_messages())
    with override(language):
        assert {code for code in found if in_words(code) == code} == set()
        assert language != "km" or all(map(is_khmer, map(in_words, found)))
    assert found >= REASONS.keys() - {"redirected"}


def test_all_long_work_has_words_and_so_has_what_comes_of_it():
    titles = [kind.title for kind in kinds.registered.values()]
    assert {field.name for field in fields(Tally)} <= RESULTS.keys()
    assert titles
    assert all(is_khmer(str(words)) for words in (*titles, *RESULTS.values()))


def test_unusual_actions_are_told_in_words():
    at_night, far_away = rule_of("at-night"), rule_of("far-away")
    assert all(is_khmer(at_night.what_words(action)) for action in ACTIONS)
    assert all(is_khmer(far_away.what_words(kind)) for kind in KeySetup.Kind.values)
