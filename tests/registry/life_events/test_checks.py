"""The system check of the table of life events."""

import pytest
from django.core.checks import run_checks

from registry.life_events.events import EFFECTS, Domain, EventKind


def found() -> list[str]:
    return [error.msg for error in run_checks() if error.id == "dspp.E047"]


def test_every_domain_has_declared_its_effects():
    assert found() == []


@pytest.mark.parametrize("domain", Domain, ids=lambda one: one.name.lower())
def test_a_domain_that_declared_none_is_named_at_start_up(domain, monkeypatch):
    for kind in EventKind:
        monkeypatch.delitem(EFFECTS, (kind, domain))
    errors = found()
    assert len(errors) == len(EventKind)
    assert all(domain.name in words for words in errors)
