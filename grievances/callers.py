"""Who calls or sent the paper, found by the search of the counter by the official who types it for them."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.web.place_search import PlaceSearchField
from registry.errors import TooManyLookups
from registry.persons.services import search_persons


def _search(official: User, words: str) -> list[tuple[str, str]]:
    """SPID, and what tells one from another. After a comma stands the village or commune."""
    query, _comma, place = words.partition(",")
    try:
        found = search_persons(official=official, query=query.strip(), place=place.strip())
    except TooManyLookups:
        return []
    return [(one.spid, f"{one.name}, {one.born.first.year}, {one.village.name}") for one in found]


class CallerField(PlaceSearchField):
    """Cleans to the SPID. Also where one alone is found the official says that it is this one."""

    def __init__(self, *, official: User) -> None:
        super().__init__(
            search=partial(_search, official),
            not_found=_(
                "Nobody of your area is found, or you have searched too often today. Check what you typed, "
                "or leave it empty."
            ),
            least=1,
            label=_("Who tells it?"),
            help_text=_(
                "If they say it: SPID, phone number, or the name, a comma and the village. Whoever handles "
                "it sees who they are. Nobody has checked it, and it gives no consent."
            ),
            required=False,
        )
