"""Changes of the household itself: where it lives, who heads it, who is paid."""

from django.utils.translation import gettext as _

from registry.areas.selectors import village
from registry.changes.apply.common import Applying, member_by_spid, name_head
from registry.errors import Outdated
from registry.models import Person
from registry.persons.household_services import touch
from registry.persons.validation import validate_address


def address(change: Applying) -> None:
    change.household.address = validate_address(change.answers["address"]["address"])
    change.household.save(update_fields=["address"])
    touch(change.household)


def move(change: Applying) -> None:
    household, told = change.household, change.answers["place"]
    if village(told["village_code"]) is None:
        raise Outdated(_("This village is not in the gazetteer any more."))
    household.village_id, household.address = told["village_code"], validate_address(told["address"])
    household.save(update_fields=["village", "address"])
    members = household.memberships.filter(ended_on=None)
    Person.objects.filter(pk__in=members.values("person_id")).update(village=household.village_id)
    touch(household)


def head(change: Applying) -> None:
    name_head(change.household, change.answers["head"]["person"], change.answers.get("relationships", {}))
    touch(change.household)


def payee(change: Applying) -> None:
    change.household.payee = member_by_spid(change.household, change.answers["payee"]["person"]).person
    change.household.save(update_fields=["payee"])
    touch(change.household)
