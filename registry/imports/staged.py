"""A row of a source as the registry would store it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dsp_platform.khmer.dates import PartialDate
from registry.imports.findings import Finding


class StagedDocument(NamedTuple):
    type: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPerson:
    """Every value as it would be stored; empty or None is unknown. What was not valid is not here, but among
    the findings."""

    reference: str = ""
    """What the source calls this person. Stays the same in the next file, where the source has one."""
    household: str = ""
    """What the source calls the household; empty where it has none."""
    relationship: str = ""
    family_name: str = ""
    given_name: str = ""
    latin_family_name: str = ""
    latin_given_name: str = ""
    sex: str = ""
    born: PartialDate | None = None
    phone: str = ""
    village: str = ""
    """Code of a village of today."""
    address: str = ""
    documents: tuple[StagedDocument, ...] = ()
    disability_level: str = ""
    poverty_level: str = ""
    poverty_valid_to: date | None = None
    member_number: str = ""
    card_number: str = ""
    level: str = ""
    since: date | None = None


class Normalised(NamedTuple):
    person: StagedPerson
    findings: Sequence[Finding]

    @property
    def is_refused(self) -> bool:
        return any(finding.is_refusal for finding in self.findings)
