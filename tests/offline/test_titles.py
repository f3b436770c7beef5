"""A form that waits is called alike on the device and on the list."""

import re

import pytest
from django.utils import translation

from dsp_platform.offline import titles
from dsp_platform.offline.kept import addresses_of
from dsp_platform.offline.models import OfflineItem
from dsp_platform.offline.titles import OTHER, title_in_words, titles_on_device

REGISTERED = [(str(words), view) for words, views in titles._titles for view in views]
PATHS = {
    "register/member/1/name/": "A page of a registration",
    "my/changes/birth/birth/": "A page of a change",
    "apply/nssf/": "A page of an application",
    "applications/A-1/appeal/": "A page of a grievance",
    "counter/grievances/G-1/": "A page of a grievance",
    "counter/visits/7/": "A page of a village day",
    "counter/come-back/": "Whom you asked to come back",
    "offline/household/send/": "A household",
    "my/consents/nssf/give/": "A page of the counter",
    "no/such/page/": "A page of the counter",
}


def on_device(below: str) -> str:
    found = (words for one, words in titles_on_device() if re.fullmatch(f"(?:{one})", below))
    return str(next(found, OTHER))


@pytest.mark.parametrize(("below", "expected"), PATHS.items())
def test_it_is_called_by_its_view(below, expected):
    with translation.override("en"):
        assert title_in_words(OfflineItem(page=f"/en/{below}")) == on_device(below) == expected


@pytest.mark.parametrize(("words", "view"), REGISTERED)
def test_each_view_that_a_domain_names_is_there(words, view):
    """Otherwise a view that is renamed would silently be a page of the counter."""
    assert addresses_of([view])
    assert [one for _words, one in REGISTERED].count(view) == 1
