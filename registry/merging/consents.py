"""The consents of households in which one person was registered twice."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.exchange.models import Operator
from registry.life_events.events import EventKind, LifeEvent, tell
from registry.merging.contract import Changes, Pair, Part, Side, Undoing
from registry.merging.homes import HEAD, closed_household, other_home, possible_homes
from registry.merging.snapshots import changes_of
from registry.merging.values import Row, values_of
from registry.models import Consent, DuplicateCase, Household, Membership, Merge, Person
from registry.persons.writer import PersonWriter, bump_household

NAME = Consent._meta.label_lower


def operator_words(code: str) -> str:
    """Whom a consent is for."""
    operator = Operator.objects.filter(pk=code).first()
    return str(operator or code) or translated("the registry itself")


def stricter_codes(household: Household | None, households: Collection[int]) -> list[str]:
    """Operators for whom the household agreed, while the other one in which the person was registered took
    its consent back: a no that was said once holds."""
    if household is None:
        return []
    last: dict[str, Consent] = {}
    others = _answers(households).exclude(household=household)
    for consent in others.exclude(operator_code="").order_by("pk"):
        last[consent.operator_code] = consent
    given = household.consents.filter(withdrawn_at=None).values_list("operator_code", flat=True)
    return [code for code in sorted(given) if code in last and last[code].withdrawn_at]


def passing(kept: Person, merged: Person, home: Household | None) -> list[Consent]:
    """Of the household that is closed: what held for the person there, whoever gave it, if they lead the one
    that remains and that was never asked. Consents do not end because one person was registered twice."""
    closed = closed_household(kept, merged, home)
    if home is None or closed is None or not _led_by(home, (kept, merged)):
        return []
    asked = set(_answers([home.pk]).values_list("operator_code", flat=True))
    if "" in asked:
        return []  # whoever agreed to the registration was asked about every operator, ticked or not
    return list(closed.consents.filter(withdrawn_at=None).exclude(operator_code__in=asked).order_by("pk"))


def ending(kept: Person, merged: Person, home: Household | None) -> list[str]:
    """Operators for whom the household that the person leaves agreed, and the one where they live from then
    on does not. None where they come along once the heads of the two are made one, which waits."""
    if home is None:
        return []
    left = [one for one in possible_homes(kept, merged) if one != home]
    if any(heads_wait(home, one) for one in left):
        return []
    given = Consent.objects.filter(withdrawn_at=None).exclude(operator_code="")
    held = set(given.filter(household__in=left).values_list("operator_code", flat=True))
    held -= set(given.filter(household=home).values_list("operator_code", flat=True))
    return sorted(held - {one.operator_code for one in passing(kept, merged, home)})


def heads_wait(home: Household, other: Household) -> bool:
    """Whether it is to be decided if those who lead them are one person."""
    leads = Membership.objects.current().filter(household__in=(home, other), relationship=HEAD)
    heads = sorted(leads.values_list("person", flat=True))
    waiting = DuplicateCase.objects.filter(state__in=DuplicateCase.OPEN_STATES)
    return len(heads) == 2 and waiting.filter(first=heads[0], second=heads[1]).exists()


def _led_by(home: Household, persons: Collection[Person]) -> bool:
    return home.memberships.current().filter(person__in=persons, relationship=HEAD).exists()


def _answers(households: Collection[int]) -> QuerySet[Consent]:
    """What households were asked and said. Not what passed to them by a merge that was undone since."""
    rows = Consent.objects.filter(household__in=households)
    return rows.exclude(pk__in=_undone(rows.values_list("given_by", flat=True)))


def _undone(persons: Collection[int] | QuerySet[Any]) -> set[str]:
    """Keys of rows that passed to these persons by merges that were undone since."""
    merges = Merge.objects.filter(kept__in=persons, undone_at__isnull=False)
    return {key for merge in merges for key in _made(changes_of(merge).get(NAME, {}))}


def _made(changes: Changes) -> dict[str, Row]:
    """Rows that passed by a merge, as it left them."""
    return {key: after for key, (before, after) in changes.items() if before is None and after is not None}


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


def _same(consent: Consent) -> Q:
    """The rows of one household that are this consent: it, and where it was given again."""
    return Q(
        household=consent.household_id,
        operator_code=consent.operator_code,
        text_digest=consent.text_digest,
        given_at=consent.given_at,
    )


@dataclass(frozen=True, kw_only=True)
class ConsentPart(Part):
    """No row is rewritten: a consent is given once and withdrawn once. It stays with the record by which it
    was given, and one that a merge ended is given again."""

    def came(self, undoing: Undoing, changes: Changes) -> list[Any]:
        """Not what passed by a later merge that was undone, or was given again then in its household."""
        pks = {*changes, *(key for key, _after in self._passed(undoing, changes))}
        known = [_which(row) for row in Consent.objects.filter(pk__in=pks)]
        undone = _undone([undoing.pair.kept])
        rows = super().came(undoing, changes)
        return [row for row in rows if str(row.pk) not in undone and _which(row) not in known]

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        """What passed ends where it passed to, and holds again where it came from, unless it was taken back
        since."""
        passed = [
            (Consent.objects.select_related("household").get(pk=key), key, after)
            for key, after in self._passed(undoing, changes)
        ]
        refused = [_text(row) for row, key, after in passed if self._taken_back(row, key, after, undoing)]
        super().restore(undoing, changes)
        for key, change in changes.items():
            row = Consent.objects.filter(pk=key).first()
            if row is not None and self.to_put_back(key, row, undoing, change) and _text(row) not in refused:
                give_again(row, row.household_id, row.given_by_id)
        for row, _key, _after in passed:
            for one in Consent.objects.filter(_same(row), withdrawn_at=None).select_related("household"):
                _end(one, undoing)

    def _passed(self, undoing: Undoing, changes: Changes) -> Iterator[tuple[str, Row]]:
        """By key, rows by which consents passed: by this merge, and from there on by later ones."""
        made = _made(changes)
        yield from made.items()
        texts = [_text(row) for row in Consent.objects.filter(pk__in=made)]
        for one in undoing.later if texts else ():
            further = _made(one.get(self.name, {}))
            for row in Consent.objects.filter(pk__in=further).order_by("pk"):
                if _text(row) in texts:
                    yield str(row.pk), further[str(row.pk)]

    def _taken_back(self, row: Consent, key: str, after: Row, undoing: Undoing) -> bool:
        """Whether it ended otherwise than by a merge, or along with its household."""
        if row.withdrawn_at is None or Consent.objects.filter(_same(row), withdrawn_at=None).exists():
            return False
        by_merge = values_of(row, self.columns) == {
            name: self.expected(key, after, undoing)[name] for name in self.columns
        }
        closed_on = row.household.closed_on
        return not by_merge and closed_on != timezone.localdate(row.withdrawn_at)

    def assign(self, row: Consent, undoing: Undoing) -> None:
        """By ``go_home``."""

    def go_home(self, row: Consent, side: Side, undoing: Undoing) -> None:
        """It holds where whoever gave it lives, in their name, and no longer in the other one's household."""
        home, person = other_home(row.household_id, side, undoing), undoing.pair.of(side)
        if row.withdrawn_at is None and (home is not None or row.given_by_id != person):
            _end(row, undoing)
            give_again(row, home.pk if home is not None else row.household_id, person)

    def save(self, row: Any, values: Mapping[str, Any], writer: PersonWriter | None) -> None:
        """By ``restore``."""


def _text(row: Consent) -> tuple[Any, ...]:
    """What was agreed to, and when: the same wherever it is given again."""
    return row.operator_code, bytes(row.text_digest), row.given_at


def _which(row: Consent) -> tuple[Any, ...]:
    return row.household_id, *_text(row)


def _end(row: Consent, undoing: Undoing) -> None:
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    undoing.writer.update_household(row.household)  # a new version: its operators delete what they hold


def _words(row: Consent) -> str:
    return f"{operator_words(row.operator_code)}, {date_format(localtime(row.given_at), 'SHORT_DATE_FORMAT')}"


def _named(key: str) -> str:
    return _words(Consent.objects.get(pk=key))


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
    describe=_words,
    named=_named,
)
