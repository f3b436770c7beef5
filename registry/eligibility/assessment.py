"""The programme by which a household is assessed: IDPoor on demand."""

from collections.abc import Iterable

from django.utils import timezone

from registry.facts.of_household import poverty_level
from registry.models import Household, Programme

ASSESSMENT = "idpoor"
"""The operator that reports poverty levels."""
_WITH_CARD = (Household.PovertyLevel.LEVEL_1, Household.PovertyLevel.LEVEL_2)


def still_of_use(programmes: Iterable[Programme], household: Household | None) -> list[Programme]:
    """Without the assessment where the household has a valid Equity Card already: it would give nothing new.
    Whoever lost the card may apply all the same."""
    has_card = poverty_level(household, timezone.localdate()) in _WITH_CARD
    return [one for one in programmes if not (has_card and one.operator_id == ASSESSMENT)]
