"""The head of the person's page: who has it or answered it, and whom it is about."""

import re

import pytest
from django.utils import translation

from grievances.models import Team, default_team
from tests.grievances.satisfaction.test_satisfaction import answered, words
from tests.grievances.test_pages import follow, url
from tests.grievances.test_services import handle

__all__ = ["answered"]  # a fixture

ABOUT = {"km": "បណ្ដឹងនេះអំពី៖", "en": "It is about:"}


def head(client, grievance, language) -> str:
    page = client.get(url("grievance", grievance.reference, language=language)).content.decode()
    found = re.search(r'<p>\s*<span class="tag[^>]*>.*?</p>\s*<p>.*?</p>', page, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("language", ["km", "en"])
def test_whom_it_is_about_is_not_said_to_have_it(answered, client, steward, operators, language):
    again = words(answered)
    follow(client, again)
    _check(head(client, again, language), again, operators["nssf"], language)
    closed = handle(again, steward, step="dismiss", version=again.version)
    _check(head(client, closed, language), closed, operators["nssf"], language)


def _check(shown, grievance, operator, language):
    state, about = shown.split("</p>", 1)
    with translation.override(language):
        assert str(Team.objects.get(pk=default_team())) in state
        assert str(grievance.get_state_display()) in state
        assert str(operator) not in state
        assert f"{ABOUT[language]} {operator}" in about
