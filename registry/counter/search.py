"""The search of the desk: what was typed, who was found, and whether a new household may be begun then."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from registry.counter.forms import SearchForm
from registry.errors import TooManyLookups
from registry.models import Person
from registry.persons.earlier_numbers import why_found
from registry.persons.query_kinds import QueryKind, is_mistyped_spid, kinds_of
from registry.persons.search import MOST, is_enough
from registry.persons.services import Elsewhere, known_elsewhere, search_persons
from registry.persons.subject import user_of

# Session key of what a search found, after which a new household may be begun: none of those found is the
# person.
SEARCHED = "counter_searched"
NOBODY, SOME = "nobody", "some"


@dataclass(frozen=True, slots=True)
class Found:
    persons: list[Person]
    kinds: list[QueryKind]
    """As what the text was looked for."""
    elsewhere: Elsewhere | None
    why: str
    """Why a number brings a record with another one."""
    mistyped: bool
    """It has as many digits as an SPID, and one of them is wrong."""

    @property
    def is_cut(self) -> bool:
        return len(self.persons) == MOST


def search(request: HttpRequest, form: SearchForm) -> Found | None:
    """None where nothing was looked for: the form then says why."""
    official, query = user_of(request), form.cleaned_data["query"]
    request.session[SEARCHED] = ""
    try:
        persons = search_persons(official=official, query=query, place=form.cleaned_data["place"])
    except TooManyLookups:
        form.add_error("query", _("You have searched as often as you may in one day."))
        return None
    if not persons and not is_enough(query):
        form.add_error("query", _("Type at least 3 characters of the name, or a whole number."))
        return None
    elsewhere = None if persons else known_elsewhere(official=official, query=query)
    if elsewhere is None and is_enough(query):
        request.session[SEARCHED] = SOME if persons else NOBODY
    return Found(
        persons=persons,
        kinds=kinds_of(query),
        elsewhere=elsewhere,
        why=why_found(query, [one.pk for one in persons]) if persons else "",
        mistyped=not persons and is_mistyped_spid(query),
    )
