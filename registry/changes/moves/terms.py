"""What a move means for the person asked to confirm it: in words, and as a digest that is stored then.

The digest is of the words themselves in one fixed language, so that it proves what was shown, whatever the
language of the page. It is computed again when it is confirmed and when the request is decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dsp_platform.accounts.models import User
from dsp_platform.encryption import crypto
from registry.areas.labels import area_path
from registry.areas.selectors import village
from registry.changes.context import HEAD
from registry.changes.kinds import KINDS
from registry.changes.moves.movers import may_bring_registered
from registry.changes.questions import rows_of
from registry.changes.selectors import sees_mover
from registry.models import ChangeRequest, Membership, Person
from registry.persons.details import HouseholdDetails
from registry.persons.households import members_now
from registry.persons.told_apart import name_at_home, names_by_spid, names_of_details
from registry.phones.selectors import who_consents

Rows = list[tuple[str, str]]
# Those answers that say what the mover would be in the new household, without document numbers.
SAID = ("name", "sex", "birth", "living", "where", "place", "head", "relationships")


@dataclass(frozen=True, slots=True)
class Terms:
    digest: bytes
    in_words: Callable[[], Rows]
    """Queried again: most callers compare the digest only."""

    @property
    def rows(self) -> Rows:
        """In the language of the page."""
        return self.in_words()

    @property
    def shown(self) -> str:
        """The digest of what the page showed, as forms and sessions store it."""
        return self.digest.hex()


def terms_of(request: ChangeRequest, *, seen: bool = True) -> Terms:
    """``seen``: the reader may know who moves; without it the terms do not reveal whether there is such a
    person.

    Computed from the current state of the households.
    """
    mover = request.mover if seen else None
    about = (request.reference, str(request.mover_id) if seen else "")
    return _terms("terms of a move", about, mover, partial(_rows, request, seen))


def _terms(purpose: str, about: Sequence[str], mover: Person | None, in_words: Callable[[], Rows]) -> Terms:
    with translation.override("en"):
        told = [text for row in in_words() for text in row]
    consenter = who_consents(mover) if mover else None
    return Terms(crypto.digest(purpose, *about, str(consenter.pk) if consenter else "", *told), in_words)


def terms_for(reader: User, request: ChangeRequest) -> Terms:
    """As far as this reader may see them."""
    return terms_of(request, seen=reader.is_citizen or sees_mover(reader, request))


def is_still_confirmed(request: ChangeRequest) -> bool:
    """Whether the current terms were confirmed; always for movers who asked themselves."""
    if request.confirmation == ChangeRequest.Confirmation.OWN:
        return True
    return bytes(request.confirmed_terms or b"") == terms_of(request).digest


def _rows(request: ChangeRequest, seen: bool) -> Rows:
    answers, new = request.answers, request.household
    if new is None:  # it moves nobody
        return []
    joins = may_bring_registered(request)
    mover = request.mover if seen else None
    rows: Rows = [(_("Who moves"), name_at_home(mover))] if mover else []
    rows += [
        (
            pgettext("noun", "Change"),
            _("Moves into this household") if joins else _("Moves out of this household"),
        ),
        (_("Asked by"), name_at_home(request.asked_for)),
        (_("Household number"), new.number),
        (_("Village"), area_path(new.village)),
    ]
    members = members_now(new)
    names = names_by_spid(one.person for one in members)
    if joins:
        head = next((names[one.person.spid] for one in members if one.relationship == HEAD), "")
        rows.append(_as_whom(answers["relationship"]["relationship"], head))
    if KINDS[request.kind].marries and request.person:
        rows.append((_("Marries"), name_at_home(request.person)))
    told = {step: answers[step] for step in SAID if step in answers}
    rows += [(row.label, row.words) for row in rows_of(told, names)]
    if mover:
        rows += _left(mover, answers)
    else:
        words = _("The one the person lives in now, if any. Everybody else stays there, children too.")
        rows.append((_("Leaves the household"), words))
    return rows + _afterwards(joins, answers)


def _as_whom(relationship: str, head: str) -> tuple[str, str]:
    words = _("%(relationship)s; the head is %(head)s")
    label = str(Membership.Relationship(relationship).label)
    return _("Relationship to the head of household"), words % {"relationship": label, "head": head}


def _left(mover: Person, answers: dict[str, Any]) -> Rows:
    """Of the household they leave: who stays, its head and its payee."""
    own = Membership.objects.current().filter(person=mover).select_related("household__village").first()
    if own is None:
        return [(_("Leaves the household"), _("None: lives in no household now"))]
    old = own.household
    rows = [(_("Leaves the household"), f"{old.number}, {area_path(old.village)}")]
    if len(members_now(old)) == 1:
        return [*rows, (_("Who stays there"), _("Nobody: that household is closed, and its consents end."))]
    rows.append((_("Who stays there"), _("Everybody else, children too. Nobody moves along.")))
    if own.relationship == HEAD and "head" not in answers:
        words = _("The person who moves. The move cannot be made before that household has a new head.")
        rows.append((_("Head of that household"), words))
    if old.payee_id == mover.pk:
        words = _("Nobody receives it until that household names another person.")
        rows.append((_("Money for that household"), words))
    return rows


def _afterwards(joins: bool, answers: dict[str, Any]) -> Rows:
    if joins:
        level = _("The poverty level of the new household counts from then on.")
        data = _("What the new household agreed to share with operators holds for the person too.")
    elif answers.get("where", {}).get("where") == "own":
        level = _("The new household has no poverty level yet.")
        data = _("What the person agreed to themselves holds on; what others agreed to does not.")
    else:
        level = _("Without a household there is no poverty level.")
        data = _("What the household agreed to share with operators holds for the person no more.")
    judged_anew = _("Operators look anew at what depends on the household, and may end it.")
    return [
        (_("Supports"), " ".join((_("None ends by the move itself."), level, judged_anew))),
        (_("Data with operators"), data),
        (_("SPID, card and account"), _("They stay as they are.")),
    ]


def registration_terms(details: HouseholdDetails, member: int, person: Person) -> Terms:
    """Of somebody registered before, whom a registration at the counter moves into a new household. With the
    names entered there: the record itself is not shown."""
    in_words = partial(_registration_rows, details, member)
    return _terms("terms of a registration", (str(person.pk),), person, in_words)


def _registration_rows(details: HouseholdDetails, member: int) -> Rows:
    one, names = details.members[member], names_of_details(details)
    place = village(details.village_code)
    rows = [(_("Who moves"), names[member])]
    if member:
        name = names[0]
        rows += [(_("Into the household of"), name), _as_whom(one.relationship, name)]
    else:
        rows.append((_("Relationship to the head of household"), str(Membership.Relationship(HEAD).label)))
    rows += [(_("Village"), area_path(place) if place else ""), (_("House and street"), details.address)]
    return rows + _afterwards(True, {})
