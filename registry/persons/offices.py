"""For whom members of staff work."""

from collections.abc import Iterable

from dsp_platform.accounts.models import User
from dsp_platform.exchange.models import Operator
from registry.models import Area


class Offices:
    """Name of the commune or operator that each of them works for. Two queries."""

    def __init__(self, users: Iterable[User | None]) -> None:
        known = [user for user in users if user is not None]
        self._areas = Area.objects.in_bulk({user.area_code for user in known if user.area_code})
        self._operators = Operator.objects.in_bulk(
            {user.operator_code for user in known if user.operator_code}
        )

    def __call__(self, user: User | None) -> str:
        if user is None:
            return ""
        place = self._areas.get(user.area_code) or self._operators.get(user.operator_code)
        return (place.name if isinstance(place, Area) else str(place)) if place else ""
