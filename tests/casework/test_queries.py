"""Pages of a desk ask the database at most 15 times, with one row or several."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.desks import AIMS, OF_TRANSACTIONS
from tests.applications.helpers import sign_in
from tests.casework.kinds import address

MOST = AIMS["_queries"][1]


def asked(browser, url, **form) -> list[str]:
    """Of the second time: the first one fills caches of the process."""
    ask = browser.post if form else browser.get
    ask(url, form)
    with CaptureQueriesContext(connection) as queries:
        assert ask(url, form).status_code == 200
    return [one["sql"] for one in queries if not OF_TRANSACTIONS.match(one["sql"])]


def test_a_queue_asks_little(kind):
    for name in kind.lists:
        queries = asked(sign_in(kind.first), address(name, language="km"))
        assert len(queries) <= MOST, queries


def test_the_page_of_an_item_asks_little(kind):
    queries = asked(sign_in(kind.first), kind.url())
    assert len(queries) <= MOST, queries


@pytest.mark.parametrize("by", ["reference", "spid", "name", "phone"])
@pytest.mark.parametrize("desk", ["applications_application", "grievances_grievance"])
def test_a_search_asks_little(application, second_application, nssf_reviewer, person, desk, by):
    words = {
        "reference": application.reference, "spid": person.spid, "name": person.name, "phone": person.phone,
    }  # fmt: skip
    url = address(f"admin:{desk}_changelist", language="km")
    queries = asked(sign_in(nssf_reviewer), url, q=words[by] or "012345678")
    assert len(queries) <= MOST, queries
