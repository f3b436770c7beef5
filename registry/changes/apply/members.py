"""Who comes into a household and who goes: birth, moving in, moving out, marriage, death."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.assisted_sessions.services import end_case
from dsp_platform.accounts.models import Case
from dsp_platform.accounts.my_account import services as accounts
from registry.areas.selectors import village
from registry.changes.apply.common import Applying, enter, let_go, member_of, open_members
from registry.changes.apply.newcomer import met_before, new_person
from registry.changes.context import HEAD
from registry.errors import Outdated
from registry.models import Consent, Household, Membership, Person
from registry.persons.household_services import locked, touch, touch_person
from registry.persons.numbering import save_numbered
from registry.persons.validation import validate_address

# Of a date as ISO writes it, by its precision: who is born in March may die in that year.
KNOWN_SIGNS = {"year": 4, "month": 7, "day": 10}


def birth(change: Applying) -> None:
    """The newborn gets an SPID; the mother, if she lives here, is not pregnant any more."""
    child = new_person(change)
    enter(change.household, child, change.answers["relationship"]["relationship"])
    mother = change.answers["mother"]["mother"]
    here = change.household.memberships.filter(ended_on=None)
    Person.objects.filter(spid=mother, pregnant=True, pk__in=here.values("person")).update(pregnant=False)
    touch(change.household)


def joins(change: Applying) -> None:
    person = met_before(change)
    if person is None:
        person = new_person(change)
    else:
        _leave_the_other(change, person)
    enter(change.household, person, change.answers["relationship"]["relationship"])
    touch(change.household)


def _leave_the_other(change: Applying, person: Person) -> None:
    """Somebody lives in one household at a time. A head does not walk out on the others unannounced."""
    other = Membership.objects.filter(person=person, ended_on=None).first()
    if other is not None:
        if other.household_id == change.household.pk:
            raise Outdated(_("This person is a member of the household already."))
        household = locked(other.household)
        if other.relationship == HEAD and len(open_members(household)) > 1:
            raise Outdated(
                _("This person is head of another household. That household must first name a new head.")
            )
        let_go(household, other, {})
        touch(household)
    person.village_id = change.household.village_id
    person.save(update_fields=["village"])


def leaves(change: Applying) -> None:
    membership = member_of(change.household, change.person)
    person = membership.person
    let_go(change.household, membership, change.answers)
    touch(change.household)
    if change.answers["where"]["where"] == "own":
        touch(_own_household(change, person))
    else:
        touch_person(person)


def _own_household(change: Applying, person: Person) -> Household:
    """With the consents that the leaver gave, and that for the registry itself; no others."""
    told = change.answers["place"]
    if village(told["village_code"]) is None:
        raise Outdated(_("This village is not in the gazetteer any more."))
    household = Household(village_id=told["village_code"], address=validate_address(told["address"]))
    save_numbered(household, [])
    Membership.objects.create(
        household=household, person=person, relationship=HEAD, started_on=timezone.localdate()
    )
    for consent in change.household.consents.filter(withdrawn_at=None):
        if consent.given_by_id == person.pk or not consent.operator_code:
            _copy(consent, household)
    person.village_id = household.village_id
    person.save(update_fields=["village"])
    return household


def _copy(consent: Consent, household: Household) -> None:
    consent.pk, consent.household = None, household
    consent._state.adding = True
    consent.save(force_insert=True)


def marriage(change: Applying) -> None:
    """The spouse joins, or the member leaves: there is nothing else that the registry keeps of it."""
    member_of(change.household, change.person)
    if change.answers["living"]["living"] == "elsewhere":
        leaves(change)
    else:
        joins(change)


def death(change: Applying) -> None:
    """Operators are sent withdrawals; the account is free for whoever of the family claims a record."""
    membership = member_of(change.household, change.person)
    person, account = membership.person, membership.person.account
    told, precision = change.answers["died"]["born"]
    born = person.date_of_birth
    known = min(KNOWN_SIGNS[precision], KNOWN_SIGNS[person.birth_precision])
    if told[:known] < born.isoformat()[:known]:
        raise Outdated(_("The date of death lies before the date of birth."))
    day = max(date.fromisoformat(told), born)
    person.died_on, person.account, person.pregnant = day, None, None
    person.save(update_fields=["died_on", "account", "pregnant"])
    let_go(change.household, membership, change.answers, on=day)
    touch(change.household)
    touch_person(person)
    if account is not None:
        accounts.hand_over(account=account)
    for case in Case.objects.filter(subject_id=person.pk, ended_at=None):
        end_case(case=case, end=Case.End.CLOSED)
