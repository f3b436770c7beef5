"""Two households between which pairs wait, and which of the two remains."""

from collections.abc import Sequence

from registry.models import DuplicateCase, Household, Membership, Person


def open_between(homes: Sequence[Household]) -> list[DuplicateCase]:
    lives = Membership.objects.current().filter(household__in=homes)
    persons = list(lives.values_list("person", flat=True))
    rows = DuplicateCase.objects.filter(
        first__in=persons, second__in=persons, state__in=DuplicateCase.OPEN_STATES
    )
    return list(rows.select_related("first", "second").order_by("pk"))


def likely_to_remain(homes: Sequence[Household], kept: Person, merged: Person) -> Household:
    """The same answer for every pair of the two, so that nobody is sent to and fro: that whose end leaves the
    most people without a pair, else the larger, else the older. The first where only this pair joins them
    and the two do not lead both, or nothing else speaks for one: there is no other pair to agree with."""
    rows = Membership.objects.current().filter(household__in=homes)
    home_of = dict(rows.values_list("person", "household"))
    heads = set(rows.filter(relationship=Membership.Relationship.HEAD).values_list("person", flat=True))
    joined = [{one.first_id, one.second_id} for one in open_between(homes)]
    pairs = [{kept.pk, merged.pk}, *(pair for pair in joined if len({home_of[pk] for pk in pair}) > 1)]
    paired = {pk for pair in pairs for pk in pair}

    def lost_by_end(home: Household) -> tuple[int, int]:
        members = {pk for pk, number in home_of.items() if number == home.pk}
        return len(members - paired), len(members)

    alike = len({lost_by_end(home) for home in homes}) == 1
    if paired == {kept.pk, merged.pk} and (alike or not paired <= heads):
        return homes[0]
    return max(homes, key=lambda home: (*lost_by_end(home), -home.pk))
