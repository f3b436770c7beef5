"""What would follow from making two records one, in words for whoever decides."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.identity.documents import masked
from registry.identity.spid import grouped
from registry.merging.consents import ending, heads_wait, operator_words, passing, stricter_codes
from registry.merging.contract import PARTS
from registry.merging.homes import (
    HEAD,
    KEPT_HOME,
    current_membership,
    home_or_kept,
    level_passes_from,
    level_words,
    others_in,
    possible_homes,
)
from registry.merging.rules import pair_of, why_second_person
from registry.models import ChangeRequest, Enrolment, Household, Person


def consequences(kept: Person, merged: Person, home: Household | None = KEPT_HOME) -> list[str]:
    """One sentence each, for the household that is to remain. Reads what stands now."""
    home = home_or_kept(home, kept, merged)
    return [
        _("SPID %(merged)s leads to the record with SPID %(kept)s from then on, wherever it is entered.")
        % {"merged": grouped(merged.spid), "kept": grouped(kept.spid)},
        *_of_homes(kept, merged, home),
        *_of_second_person(kept, merged, home),
        *_of_accounts(kept, merged),
        *_of_phone(kept, merged),
        *_of_rows(kept, merged),
        *_of_requests(merged),
        *_of_consents(kept, merged, home),
        _("Operators are told to delete the one record. Those that may have the other one are sent it."),
        _("The person is told by text message, on the number of each record; else their household is."),
    ]


def enrolled_in(*persons: Person) -> dict[int, list[Enrolment]]:
    """By person, enrolments that have not ended, with their programmes."""
    found: dict[int, list[Enrolment]] = {person.pk: [] for person in persons}
    rows = Enrolment.objects.filter(person__in=found).exclude(state=Enrolment.State.ENDED)
    for row in rows.select_related("programme").order_by("pk"):
        found[row.person_id].append(row)
    return found


def _of_homes(kept: Person, merged: Person, home: Household | None) -> Iterator[str]:
    own, other = current_membership(kept), current_membership(merged)
    if home is not None:
        yield _("The person lives in household %(number)s.") % {"number": home.number}
    if own and other and own.household == other.household and HEAD in (own.relationship, other.relationship):
        yield _("They lead it.")
    left = {one.household for one in (own, other) if one is not None} - {home}
    for household in sorted(left, key=lambda one: one.pk):
        number = {"number": household.number}
        if others_in(household, kept, merged):
            yield _("They are no member of household %(number)s any more.") % number
        else:
            yield _("Household %(number)s is closed: nobody else lives in it.") % number
        yield from _of_level(household, home, passes=household == level_passes_from(kept, merged, home))


def _of_level(left: Household, home: Household | None, *, passes: bool) -> Iterator[str]:
    values = {"left": left.number, "level": level_words(left), "home": home.number if home else ""}
    if passes:
        words = _("The poverty level of %(left)s (%(level)s) passes to household %(home)s, which has none.")
        yield words % values
    elif left.poverty_level:
        words = _("The poverty level of %(left)s (%(level)s) does not hold for the person any more.")
        yield words % values


def _of_second_person(kept: Person, merged: Person, home: Household | None) -> Iterator[str]:
    if why := why_second_person(kept, merged, home):
        yield _("A second steward approves it, because it concerns: %(what)s.") % {
            "what": "; ".join(map(str, why))
        }


def _of_accounts(kept: Person, merged: Person) -> Iterator[str]:
    """Whoever signs in with an account gets whatever the record has from then on."""
    if kept.account is not None:
        yield _(
            "The account of SPID %(spid)s, phone %(phone)s, gets the record: whoever signs in with it sees "
            "what both records say."
        ) % _account(kept)
    if merged.account is not None and kept.account is not None:
        yield _("The account of SPID %(spid)s, phone %(phone)s, loses its person and is signed out.") % (
            _account(merged)
        )
    elif merged.account is not None:
        yield _(
            "The account of SPID %(spid)s, phone %(phone)s, passes to the record that remains, and is signed "
            "out: whoever signs in with it sees what both records say."
        ) % _account(merged)


def _account(person: Person) -> dict[str, str]:
    return {
        "spid": grouped(person.spid),
        "phone": masked((person.account.phone if person.account else "") or ""),
    }


def _of_phone(kept: Person, merged: Person) -> Iterator[str]:
    if merged.phone and not kept.phone:
        yield _(
            "The phone number of SPID %(spid)s is not taken over: it is entered anew by whoever shows that "
            "it is theirs."
        ) % {"spid": grouped(merged.spid)}


def _of_rows(kept: Person, merged: Person) -> Iterator[str]:
    for part in PARTS.values():
        passes = part.is_listed and part.moves
        count = part.model._default_manager.filter(part.of_persons(merged.pk)).count() if passes else 0
        if count and part.model is not ChangeRequest:
            yield _("Pass to the record that remains: %(kind)s (%(count)s)") % {
                "kind": part.kind,
                "count": count,
            }
    theirs = kept.enrolments.exclude(state=Enrolment.State.ENDED).values("programme")
    double = merged.enrolments.exclude(state=Enrolment.State.ENDED).filter(programme__in=theirs)
    for enrolment in double.select_related("programme"):
        yield _("Both are enrolled in %(programme)s: one enrolment ends, its payments stay.") % {
            "programme": enrolment.programme.name
        }


def _of_requests(merged: Person) -> Iterator[str]:
    condition = PARTS["registry.changerequest"].of_persons(merged.pk)
    count = ChangeRequest.objects.filter(condition, state__in=ChangeRequest.OPEN_STATES).count()
    if count:
        yield ngettext(
            "One request for a change ends, and whoever asked is told.",
            "%(count)s requests for a change end, and whoever asked is told.",
            count,
        ) % {"count": count}


def _of_consents(kept: Person, merged: Person, home: Household | None) -> Iterator[str]:
    number = home.number if home else ""
    for code in stricter_codes(home, pair_of(kept, merged).households):
        yield _(
            "The consent for %(operator)s ends: it was taken back in the other household. Applications of "
            "all who live in the household that rest on it are closed."
        ) % {"operator": operator_words(code)}
    for consent in passing(kept, merged, home):
        yield _(
            "The person's consent for %(operator)s passes to household %(home)s, which they lead and which "
            "was never asked."
        ) % {"operator": operator_words(consent.operator_code), "home": number}
    for other in possible_homes(kept, merged):
        if home is not None and other != home and heads_wait(home, other):
            yield _(
                "What household %(number)s agreed to comes along once the two heads are decided to be one "
                "person."
            ) % {"number": other.number}
    for code in ending(kept, merged, home):
        yield _(
            "The consent for %(operator)s does not hold for the person any more: household %(home)s has not "
            "agreed. An application that waits for it cannot be decided until it does."
        ) % {"operator": operator_words(code), "home": number}
