"""What staff read of a request for a change: asked by every page that shows one, and by its documents."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import AssistedSession, User
from registry.changes.hearings.selectors import conflict_over, persons_affected
from registry.changes.selectors import changes_of, changes_to_document, moves_of
from registry.models import ChangeRequest, Person
from registry.persons.conflicts import items_in_conflict, listed_for, personal_conflict, why_listed_less

LEFT = _("It is decided, so the commune that was left does not read the new address any more.")


def why_unread(
    user: User, request: ChangeRequest, assisted_session: AssistedSession | None = None
) -> str | Promise:
    """Why this user may read only its kind and state, in words; "" where they may read all.

    ``assisted_session``: the assisted session with whoever asked for it. In it, and for requests they entered
    themselves, only kinship counts, not that they set up a phone or account.
    """
    if user.is_citizen:
        return ""
    if assisted_session is not None or request.asked_by_id == user.pk:
        helping = assisted_session is not None
        return personal_conflict(user, *persons_affected(request), helping=helping)
    return conflict_over(user, request)


def requests_about_relatives(user: User, requests: Iterable[ChangeRequest]) -> set[int]:
    """Those requests of a list that are about relatives of the user: the list does not show their place."""
    persons = {one.pk: (one.asked_for_id, one.person_id, one.mover_id) for one in requests}
    return items_in_conflict(user, persons)


def reads_place(user: User, request: ChangeRequest) -> bool:
    """The destination of a move may be read until it is decided; then only by the area it lies in."""
    if request.is_open or not user.is_official:
        return True
    place = request.answers.get("place", {})
    return str(place.get("village_code") or request.village_id).startswith(user.area_code)


def answers_for(user: User, request: ChangeRequest) -> dict[str, Any]:
    """The answers that somebody who may read the request reads of it."""
    return {
        step: answer
        for step, answer in request.answers.items()
        if step != "place" or reads_place(user, request)
    }


def why_unlisted(assisted_session: AssistedSession | None, person: Person) -> str | Promise:
    """Why the official of this assisted session does not see the person's requests; "" where they do."""
    return why_listed_less(assisted_session, [person])


def changes_shown(person: Person, assisted_session: AssistedSession | None) -> list[ChangeRequest]:
    return listed(changes_of(person), person, assisted_session)


def documents_to_show(person: Person, assisted_session: AssistedSession | None) -> list[ChangeRequest]:
    return listed(changes_to_document(person), person, assisted_session)


def moves_shown(person: Person, assisted_session: AssistedSession | None) -> list[ChangeRequest]:
    return listed(moves_of(person), person, assisted_session)


def listed(
    found: list[ChangeRequest], person: Person, assisted_session: AssistedSession | None
) -> list[ChangeRequest]:
    return listed_for(assisted_session, [person], found, "asked_by")
