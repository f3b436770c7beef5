from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.database.days import start_of
from registry.history.cursors import moment_of, written
from registry.history.timeline import page_of, rows_of_household, rows_of_person
from registry.models import Person
from registry.persons.conflicts import why_listed_less
from registry.persons.earlier_numbers import earlier_numbers_of
from registry.persons.subject import subject_required


@actor_required
@subject_required()
def my_history(request: HttpRequest, person: Person) -> HttpResponse:
    """Of the person, and of their household since they live in it."""
    if why := why_listed_less(assisted_session_of(request), [person]):
        return render(request, "registry/history/my_history.html", {"person": person, "why_less": why})
    rows = rows_of_person(person)
    if lives := person.memberships.current().select_related("household").first():
        since = start_of(lives.started_on)
        rows += rows_of_household(lives.household, since=since)
    entries, following = page_of(rows, before=moment_of(request.GET.get("before", "")), reader=person)
    context = {
        "person": person,
        "why_less": "",
        "earlier": earlier_numbers_of(person),
        "entries": entries,
        "following": written(following),
    }
    return render(request, "registry/history/my_history.html", context)
