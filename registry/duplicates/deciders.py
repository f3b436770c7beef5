"""Who decides whether two records are of one person, and who answers for the commune."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff.inviters import may_be_one_person
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.errors import InConflict, NotYours
from registry.duplicates.errors import WaitsForSecond
from registry.duplicates.selectors import concerned_by
from registry.duplicates.workflow import COMMUNE, STEWARD, duplicate_workflow
from registry.merging import concerned
from registry.merging.contract import Pair
from registry.models import DuplicateCase, KeySetup
from registry.models.keys import RECENT
from registry.persons.conflicts import items_in_conflict
from registry.persons.origins import ALL_OTHERS
from registry.persons.scope import in_area


class DuplicateDeciders(Deciders[DuplicateCase]):
    workflow = duplicate_workflow
    side = STEWARD

    def sides(self, user: User) -> Sequence[str]:
        return (COMMUNE,) if user.is_official else (STEWARD,)

    def in_scope(self, user: User, item: DuplicateCase) -> bool:
        if user.is_official:
            return bool(item.village_id) and in_area(user, str(item.village_id))
        return user.is_steward

    def assignee_in_scope(self) -> Q:
        return Q(assignee__role=Role.STEWARD)

    def check_neutral(self, user: User, item: DuplicateCase) -> None:
        if self._took_part(user, item):
            raise NotYours(self.workflow.not_yours)
        if words := self.conflict(user, item):
            raise InConflict(words)

    def _took_part(self, user: User, item: DuplicateCase) -> bool:
        """Who registered one of them, or may be one person with who did, would judge their own work: an
        official for 30 days, a steward always.
        An import is approved by two, and nobody's own."""
        if user.is_steward and may_be_one_person(user, item.answered_by):
            return True
        own = [
            one
            for one in (item.first, item.second)
            if may_be_one_person(user, one.registered_by) and ALL_OTHERS not in one.origins
        ]
        since = timezone.now() - RECENT
        return any(user.is_steward or one.created_at > since for one in own)

    def conflict(self, user: User, item: DuplicateCase) -> str | Promise:
        return concerned.conflict(user, _pair(item))

    def why_unread(self, user: User, item: DuplicateCase) -> str | Promise:
        return concerned.why_unread(user, _pair(item))

    def unread_among(self, user: User, items: Sequence[DuplicateCase]) -> set[int]:
        return items_in_conflict(user, concerned_by(items))

    def barred_among(self, user: User, items: Sequence[DuplicateCase]) -> set[int]:
        """Keys of those of a list that this user may not decide or answer, though their office may."""
        if not items:
            return set()
        about = concerned_by(items)
        setups = KeySetup.objects.filter(official=user, at__gt=timezone.now() - RECENT)
        set_up = {pk for row in setups.values_list("person", "person__merged_into") for pk in row}
        own = {pk for pk, persons in about.items() if persons & set_up}
        took_part = {one.pk for one in items if self._took_part(user, one)}
        return own | took_part | items_in_conflict(user, about)

    def check_more(self, user: User, item: DuplicateCase, step: str) -> None:
        if user.is_steward and item.waits_for_second:
            raise WaitsForSecond


def _pair(item: DuplicateCase) -> Pair:
    return Pair(item.first_id, item.second_id)


duplicate_deciders = DuplicateDeciders()
