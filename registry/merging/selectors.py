"""What would follow from making two records one, in words for whoever decides."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.identity.spid import grouped
from registry.merging.consents import stricter_codes
from registry.merging.contract import PARTS
from registry.merging.homes import HEAD, open_membership, others_in, possible_homes
from registry.merging.rules import pair_of
from registry.merging.services import KEPT_HOME
from registry.models import ChangeRequest, Enrolment, Household, Person


def consequences(kept: Person, merged: Person, home: Household | None = KEPT_HOME) -> list[str]:
    """One sentence each, for the household that is to remain. Reads what stands now."""
    if home is KEPT_HOME:
        home = next(iter(possible_homes(kept, merged)), None)
    return [
        _("SPID %(merged)s leads to the record with SPID %(kept)s from then on, wherever it is entered.")
        % {"merged": grouped(merged.spid), "kept": grouped(kept.spid)},
        *_of_homes(kept, merged, home),
        *_of_account(kept, merged),
        *_of_rows(kept, merged),
        *_of_requests(merged),
        *_of_consents(kept, merged, home),
        _("Operators are told to delete the one record, and are sent the other one."),
        _("The person is told by text message, on the number of each record."),
    ]


def _of_homes(kept: Person, merged: Person, home: Household | None) -> Iterator[str]:
    own, other = open_membership(kept), open_membership(merged)
    if home is not None:
        yield _("The person lives in household %(number)s.") % {"number": home.number}
    if own and other and own.household == other.household and HEAD in (own.relationship, other.relationship):
        yield _("They lead it.")
    left = {one.household for one in (own, other) if one is not None} - {home}
    for household in sorted(left, key=lambda one: one.pk):
        words = (
            _("They are no member of household %(number)s any more.")
            if others_in(household, kept, merged)
            else _("Household %(number)s is closed: nobody else lives in it.")
        )
        yield words % {"number": household.number}


def _of_account(kept: Person, merged: Person) -> Iterator[str]:
    if merged.account_id is None:
        return
    if kept.account_id is None:
        yield _("The account passes to the record that remains, and is signed out.")
    else:
        yield _(
            "Both have an account: that of the record that remains stays theirs, the other one loses its "
            "person and is signed out."
        )


def _of_rows(kept: Person, merged: Person) -> Iterator[str]:
    for part in PARTS.values():
        count = (
            part.model._default_manager.filter(part.of_persons(merged.pk)).count() if part.is_listed else 0
        )
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
    for code in stricter_codes(home, pair_of(kept, merged).households):
        yield _("The consent for %(operator)s ends: it was taken back in the other household.") % {
            "operator": code
        }
