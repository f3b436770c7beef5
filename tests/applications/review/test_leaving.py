"""What is decided and has not left yet is in its own tab, and in no other."""

import re

import pytest

from applications import services
from applications.review.held import undo
from tests.applications.helpers import let_leave, sign_in
from tests.applications.review.test_held import asks_second, hold
from tests.casework.kinds import address


def lists_of(user, language: str = "en") -> dict[str, str]:
    """By tab, how many its label says; as many are in it."""
    browser, url = sign_in(user), address("admin:applications_application_changelist", language=language)
    tabs = browser.get(url).context["tabs"]
    counts = {re.search(r"tab=(\w+)", one.link)[1]: one.count for one in tabs}
    for tab, count in counts.items():
        assert str(browser.get(url, {"tab": tab}).context["cl"].result_count) == count, tab
    return {tab: count for tab, count in counts.items() if count != "0"}


def test_to_decide_holds_what_is_to_do(application, nssf_reviewer, second_nssf_reviewer):
    held = hold(application, nssf_reviewer, "ask_more", note="Which?")
    for one in (nssf_reviewer, second_nssf_reviewer):
        assert lists_of(one) == {"leaving": "1"}
    undo(held=held, actor=nssf_reviewer)
    assert lists_of(nssf_reviewer) == {"to_decide": "1", "unassigned": "1"}
    hold(application, nssf_reviewer, "ask_more", note="Which?")
    let_leave()
    assert lists_of(nssf_reviewer) == {"waiting": "1"}


def test_what_was_taken_on_is_mine_until_it_is_decided(application, nssf_reviewer):
    services.assignment.assign(application, actor=nssf_reviewer)
    assert lists_of(nssf_reviewer) == {"to_decide": "1", "mine": "1"}
    application.refresh_from_db()
    hold(application, nssf_reviewer)
    assert lists_of(nssf_reviewer) == {"leaving": "1"}


def test_what_waits_for_a_second_one_is_to_do_for_them(application, nssf_reviewer, second_nssf_reviewer):
    asks_second(application.programme, second_review_share=100)
    hold(application, nssf_reviewer)
    assert lists_of(nssf_reviewer) == {"leaving": "1"}
    assert lists_of(second_nssf_reviewer) == {"to_decide": "1", "unassigned": "1", "leaving": "1"}


@pytest.mark.parametrize(("language", "words"), [("km", "សម្រេច"), ("en", "Decided, not left yet")])
def test_the_tab_says_what_it_is(application, nssf_reviewer, language, words):
    url = address("admin:applications_application_changelist", language=language)
    tabs = sign_in(nssf_reviewer).get(url).context["tabs"]
    assert words in next(str(one.label) for one in tabs if "tab=leaving" in one.link)


def test_grievances_leave_at_once_and_have_none(nssf_reviewer):
    tabs = sign_in(nssf_reviewer).get(address("admin:grievances_grievance_changelist", language="en"))
    assert not [one for one in tabs.context["tabs"] if "leaving" in one.link]
