"""One registration in two windows: what is typed in one does not overwrite what was typed in the other."""

import pytest

from registry.models import Draft
from tests.registry.pages import SON, Family, asked_on

pytestmark = pytest.mark.django_db
PAGE = "/{}/register/member/2/name/"
LINA = {"family_name": "សុខ", "given_name": "លីណា"}
WORDS = {"en": "was written down meanwhile", "km": "ក្នុងផ្ទាំងមួយទៀត"}


def names():
    return [member["given_name"] for member in Draft.objects.get().answers["members"]]


@pytest.fixture
def windows(registering_family):
    """Both were told "one more member" at the same time; in the other one Piseth was written down."""

    def open_two(language):
        family = Family(registering_family.client, language)
        family.head()
        family.post("members", {"more": "yes"})
        page = PAGE.format(language)
        typed = {**LINA, **asked_on(family.client, page)}
        family.client.post(page, {**SON["name"], **asked_on(family.client, page)})
        return family, page, typed

    return open_two


@pytest.mark.parametrize("language", ["en", "km"])
def test_a_member_added_in_another_window_is_not_overwritten(windows, language):
    family, page, typed = windows(language)
    answer = family.client.post(page, typed)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert WORDS[language] in shown
    assert 'value="លីណា"' in shown  # what was typed is not lost
    assert names() == ["សុខា", "ពិសិដ្ឋ"]


def test_the_name_typed_in_the_second_window_is_added_as_another_person(windows):
    family, page, typed = windows("en")
    family.client.post(page, typed)
    for _double_click in range(2):
        family.client.post(page, {**typed, "another": "yes"})
    assert names() == ["សុខា", "ពិសិដ្ឋ", "លីណា"]
    assert family.client.get("/en/register/").url == "/en/register/member/2/relationship/"


def test_the_name_is_corrected_where_it_is_the_same_person(windows):
    family, page, typed = windows("en")
    family.client.post(page, typed)
    assert family.client.post(page, {**typed, **asked_on(family.client, page)}).status_code == 302
    assert names() == ["សុខា", "លីណា"]


def test_the_same_name_sent_twice_is_taken_once(windows):
    family, page, _typed = windows("en")
    first = {"asked_with": "of the page before"}
    assert family.client.post(page, {**SON["name"], **first}).status_code == 302
    assert names() == ["សុខា", "ពិសិដ្ឋ"]


@pytest.mark.parametrize("way", ["another", "one more"])
def test_no_window_adds_more_members_than_a_household_has(windows, monkeypatch, way):
    family, page, typed = windows("en")
    monkeypatch.setattr("registry.registration.wizard.MOST_MEMBERS", 2)
    if way == "another":
        answer = family.client.post(page, {**typed, "another": "yes"}, follow=True)
    else:
        for step in ("relationship", "sex", "birth", "document"):
            family.post(step, SON[step], 2)
        answer = family.client.post("/en/register/members/", {"more": "yes"}, follow=True)
        family.client.post(PAGE.format("en").replace("/2/", "/3/"), LINA)
    assert "a household has at most" in answer.content.decode()
    assert names() == ["សុខា", "ពិសិដ្ឋ"]
