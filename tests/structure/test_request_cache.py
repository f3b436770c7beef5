"""What several parts of a page need is queried once, and cached for the request only."""

import pytest
from django.http import HttpResponse

from dsp_platform.web.request_cache import RequestCacheMiddleware, cached_per_request, only_reads

asked = []


@cached_per_request
def numbers(upto):
    asked.append(upto)
    return list(range(upto))


@pytest.fixture(autouse=True)
def nothing_asked():
    asked.clear()


def look(view, method="GET"):
    def page(request):
        view()
        return HttpResponse("page")

    request = type("Request", (), {"method": method})()
    return RequestCacheMiddleware(page)(request)


def twice():
    assert numbers(2) == numbers(2) == [0, 1]


def test_a_look_asks_once_and_the_next_look_anew():
    look(twice)
    assert asked == [2]
    look(twice)
    assert asked == [2, 2]


def test_each_question_has_its_own_answer():
    look(lambda: (numbers(1), numbers(2), numbers(1)))
    assert asked == [1, 2]


def test_what_changes_something_and_what_is_no_page_asks_each_time():
    look(twice, "POST")
    twice()
    assert asked == [2] * 4


def test_a_search_that_is_sent_as_a_form_asks_once():
    look(lambda: (twice(), only_reads(), twice()), "POST")
    assert asked == [2] * 3
    look(twice, "POST")
    assert asked == [2] * 5


def test_outside_of_a_request_nothing_is_kept():
    only_reads()
    twice()
    assert asked == [2, 2]


def test_a_list_that_one_changes_is_whole_for_the_other():
    def view():
        numbers(2).clear()
        assert numbers(2) == [0, 1]

    look(view)


def test_a_crash_leaves_nothing_behind():
    def view():
        numbers(2)
        raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        look(view)
    numbers(2)
    assert asked == [2, 2]
