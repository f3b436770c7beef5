"""Changes of the household itself: where it lives, who heads it, who is paid."""

from django.utils.translation import gettext as _

from registry.areas.selectors import village
from registry.changes.apply.common import Applying, member_by_spid, name_head
from registry.errors import Outdated
from registry.persons.validation import validate_address


def address(change: Applying) -> None:
    address = validate_address(change.answers["address"]["address"])
    change.writer.update_household(change.household, address=address)


def move(change: Applying) -> None:
    entered = change.answers["place"]
    if village(entered["village_code"]) is None:
        raise Outdated(_("This village is not in the gazetteer any more."))
    change.writer.update_household(
        change.household, village_id=entered["village_code"], address=validate_address(entered["address"])
    )


def head(change: Applying) -> None:
    name_head(change, change.household, change.answers)


def payee(change: Applying) -> None:
    member = member_by_spid(change.household, change.answers["payee"]["person"])
    change.writer.update_household(change.household, payee=member.person)
