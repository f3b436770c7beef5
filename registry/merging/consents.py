"""The consents of households in which one person was registered twice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from registry.life_events.events import EventKind, LifeEvent, tell
from registry.merging.contract import Changes, Pair, Part, Side, Undoing
from registry.merging.homes import other_home
from registry.models import Consent, Household
from registry.persons.writer import PersonWriter, bump_household


def stricter_codes(household: Household | None, households: Collection[int]) -> list[str]:
    """Operators for whom the household agreed, while the other one in which the person was registered took
    its consent back: a no that was said once holds."""
    if household is None:
        return []
    last: dict[str, Consent] = {}
    others = Consent.objects.filter(household__in=households).exclude(household=household)
    for consent in others.exclude(operator_code="").order_by("pk"):
        last[consent.operator_code] = consent
    given = household.consents.filter(withdrawn_at=None).values_list("operator_code", flat=True)
    return [code for code in sorted(given) if code in last and last[code].withdrawn_at]


def withdraw_for_stricter(*, household: Household, operator_codes: Collection[str], actor: User) -> None:
    """The caller has locked the household, and decided that two records are of one person."""
    for code in operator_codes:
        tell(
            LifeEvent(kind=EventKind.CONSENT_WITHDRAWN, household=household, operator_code=code, actor=actor)
        )
        audit.record(
            actor=actor,
            action="withdraw_consent",
            subject_kind="household",
            subject_id=household.pk,
            reason=code,
        )
    bump_household(household)


def give_again(consent: Consent, household: int, given_by: int) -> None:
    """As it was given, with its text and day; nothing where the household agrees already. A row that was
    withdrawn stays so. The caller has locked the household."""
    open_ones = Consent.objects.filter(household=household, withdrawn_at=None)
    if open_ones.filter(operator_code=consent.operator_code).exists():
        return
    again = Consent.objects.get(pk=consent.pk)
    again.pk, again.withdrawn_at = None, None
    again.household_id, again.given_by_id = household, given_by
    again._state.adding = True
    again.save(force_insert=True)


@dataclass(frozen=True, kw_only=True)
class ConsentPart(Part):
    """No row is rewritten: a consent is given once and withdrawn once. It stays with the record by which it
    was given, and one that a merge ended is given again."""

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        super().restore(undoing, changes)
        for key, change in changes.items():
            row = Consent.objects.filter(pk=key).first()
            if row is not None and self.to_put_back(key, row, undoing, change):
                give_again(row, row.household_id, row.given_by_id)

    def assign(self, row: Consent, undoing: Undoing) -> None:
        """By ``go_home``."""

    def go_home(self, row: Consent, side: Side, undoing: Undoing) -> None:
        """It holds where whoever gave it lives, in their name, and no longer in the other one's household."""
        home, person = other_home(row.household_id, side, undoing), undoing.pair.of(side)
        if row.withdrawn_at is None and (home is not None or row.given_by_id != person):
            row.withdrawn_at = timezone.now()
            row.save(update_fields=["withdrawn_at"])
            give_again(row, home.pk if home is not None else row.household_id, person)

    def save(self, row: Any, values: Mapping[str, Any], writer: PersonWriter | None) -> None:
        """By ``restore``."""


def _of_households(pair: Pair) -> Q:
    persons = (pair.kept, pair.merged)
    return Q(household__in=pair.households) | Q(given_by__in=persons)


CONSENTS = ConsentPart(
    model=Consent,
    kind=_("consent"),
    persons=("given_by_id",),
    moves=False,
    columns=("withdrawn_at",),
    scope=_of_households,
    is_listed=True,
    describe=lambda row: row.operator_code or row.purpose,
)
