"""Who is certainly one person, who is for a steward, and who is somebody else."""

import pytest

from registry.matching.records import Outcome
from tests.registry.matching.cast import born, compared, record

CARD = frozenset({("identity_card", b"1")})
PHONE = frozenset({"+85512000001"})


def outcome(first, second):
    found = compared(first, second)
    return found.outcome if found else None


def test_the_same_answers_and_phone_are_the_same_person():
    assert outcome(record(phones=PHONE), record(phones=PHONE)) == Outcome.SAME


def test_name_and_year_are_never_certain():
    vague = record(born=born("1984"), villages=frozenset())
    assert outcome(vague, vague) != Outcome.SAME


def test_missing_is_no_evidence():
    found = compared(record(), record(sex="", phones=PHONE))
    assert not {one.comparison for one in found.evidence} & {"sex", "phone", "document", "household"}


@pytest.mark.parametrize("changes", [{"given_name": "សុកា"}, {"born": born("1984-04-19")}], ids=str)
def test_with_one_card_a_mistake_does_not_matter(changes):
    assert outcome(record(documents=CARD), record(documents=CARD, **changes)) == Outcome.SAME
