"""The page of life events says what the code does."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from registry.life_events.events import EFFECTS, Domain, Effect, EventKind, register_effects

PAGE = Path(settings.BASE_DIR) / "docs/reference/events.md"


def written_out() -> str:
    """As it has to stand there: copy it from the failure of this test."""
    lines = []
    for kind in EventKind:
        lines += [f"## {kind.capitalize()}", "", "| Domain | Effect |", "|---|---|"]
        lines += [f"| {domain.capitalize()} | {EFFECTS[kind, domain].words} |" for domain in Domain]
        lines.append("")
    return "\n".join(lines)


def test_what_does_an_effect_exists():
    for cell, effect in EFFECTS.items():
        assert not effect.done_by or callable(import_string(effect.done_by)), cell


def test_nothing_is_done_by_the_domain_and_by_who_tells_of_the_event():
    twice = dict.fromkeys(EventKind, Effect("x", lambda event: None, "x"))
    with pytest.raises(ValueError, match="twice"):
        register_effects(Domain.DELIVERY, twice)


def test_every_delivery_is_done_by_somebody():
    assert all(EFFECTS[kind, Domain.DELIVERY].done_by for kind in EventKind)


def test_the_page_says_what_the_code_does():
    text = PAGE.read_text("utf-8")
    assert text[text.index("\n## ") + 1 :].strip() == written_out().strip()
