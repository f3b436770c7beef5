"""What is compared of two persons, and what a comparison finds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from dsp_platform.khmer.dates import PartialDate
from registry.matching.weights import BY_REFERENCE, CERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRecord:
    """What is compared of one person, registered or not. Empty or None is unknown, and no evidence."""

    person_id: int | None = None
    """Of somebody registered: they are not compared with themselves, and decided pairs are obeyed."""
    family_name: str = ""
    given_name: str = ""
    latin_family_name: str = ""
    latin_given_name: str = ""
    sex: str = ""
    born: PartialDate | None = None
    villages: frozenset[str] = frozenset()
    """Codes of where they live, and of where they lived."""
    phones: frozenset[str] = frozenset()
    documents: frozenset[tuple[str, bytes]] = frozenset()
    """Type and digest (``registry.identity.documents``) of each."""
    household: frozenset[str] = frozenset()
    """Those they live with, or lived with: ``features.companion_key`` of each."""


def record_from(one: Any, *, born: PartialDate | None, village: str | None, **more: Any) -> MatchRecord:
    """Of whatever has the names, the sex and the phone as a person has: a person, or a row of a file."""
    return MatchRecord(
        family_name=one.family_name,
        given_name=one.given_name,
        latin_family_name=one.latin_family_name,
        latin_given_name=one.latin_given_name,
        sex=one.sex,
        born=born,
        villages=frozenset({village} if village else ()),
        phones=frozenset({one.phone} if one.phone else ()),
        **more,
    )


class Outcome(StrEnum):
    SAME = "same"
    """Certain: an import takes them as one person."""
    LIKELY = "likely"
    """A steward decides."""


@dataclass(frozen=True, slots=True)
class Evidence:
    comparison: str
    level: str
    weight: float
    """The logarithm to base 2 of how much likelier this level is for one person than for two."""


@dataclass(frozen=True, slots=True)
class Match:
    person_id: int
    weight: float
    """Sum of the evidence and of the prior odds."""
    outcome: Outcome
    evidence: Sequence[Evidence]

    @property
    def stored_evidence(self) -> list[dict[str, Any]]:
        """As ``DuplicateCase.evidence`` holds it."""
        return [asdict(one) | {"weight": round(one.weight, 2)} for one in self.evidence]

    @property
    def has_document(self) -> bool:
        """Whether the number of a document is the same."""
        return any(one.comparison == "document" and one.level == "same" for one in self.evidence)

    @property
    def is_by_number(self) -> bool:
        """Whether a source calls both by one number."""
        return any(one.comparison == BY_REFERENCE for one in self.evidence)

    @property
    def is_close(self) -> bool:
        """Weighs as much as what is certain: whoever can be asked is asked, also where it is not safe."""
        return self.weight >= CERTAIN
