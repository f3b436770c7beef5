"""Who decides a request for a change: its area or a steward, and nobody it concerns."""

from collections.abc import Sequence

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff.inviters import may_be_one_person
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.errors import MayBeOnePerson
from registry.changes.hearings.selectors import conflict_over
from registry.changes.hearings.visibility import requests_about_relatives, why_unread
from registry.changes.selectors import (
    for_stewards,
    is_left_to_district,
    is_of_commune,
    may_decide,
    objected_before,
)
from registry.changes.workflow import DECIDER, change_workflow
from registry.errors import ChangeError, ConfirmedByYou
from registry.models import ChangeRequest


class ChangeDeciders(Deciders[ChangeRequest]):
    workflow = change_workflow
    entered_by = "asked_by"
    side = DECIDER

    def in_scope(self, user: User, item: ChangeRequest) -> bool:
        return may_decide(user, item)

    def assignee_in_scope(self) -> Q:
        in_area = Q(village__code__startswith=F("assignee__area_code")) & ~Q(assignee__area_code="")
        return Q(assignee__role=Role.OFFICIAL) & in_area | Q(assignee__role=Role.STEWARD) & for_stewards()

    def conflict(self, user: User, item: ChangeRequest) -> str | Promise:
        return conflict_over(user, item)

    def why_unread(self, user: User, item: ChangeRequest) -> str | Promise:
        return why_unread(user, item)

    def unread_among(self, user: User, items: Sequence[ChangeRequest]) -> set[int]:
        return requests_about_relatives(user, items)

    def check_more(self, user: User, item: ChangeRequest, step: str) -> None:
        """The commune neither approves nor refuses what somebody objected to, and does not approve what they
        objected to in another request of the same. Nobody says yes both for who moves and for the commune."""
        if is_left_to_district(item, user):
            raise ChangeError(_("Somebody whom it concerns does not agree, so the district decides."))
        if is_of_commune(user) and step == "approve" and (before := objected_before(item)):
            words = _(
                "Somebody did not agree when the same was asked in %(references)s. "
                "So the district approves this request; the commune may refuse it."
            )
            raise ChangeError(words % {"references": ", ".join(before)})
        said_yes = item.confirmation == ChangeRequest.Confirmation.OLD_COMMUNE
        if step in ("", "approve") and said_yes:
            if item.confirmed_by_id == user.pk:
                raise ConfirmedByYou(
                    _("You said yes for the person who moves, so somebody else must decide it.")
                )
            if may_be_one_person(user, item.confirmed_by):
                raise MayBeOnePerson


change_deciders = ChangeDeciders()
