"""System check of the table of life events."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from registry.life_events.events import EFFECTS, Domain, EventKind


@register()
def every_domain_says_what_it_does(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Otherwise the first event would fail: nobody could be told to have died."""
    return [
        Error(
            f"{domain.name} declares no effect for the life event {kind.name}: call register_effects.",
            id="dspp.E047",
        )
        for kind in EventKind
        for domain in Domain
        if (kind, domain) not in EFFECTS
    ]
