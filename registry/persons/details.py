"""The details entered at a registration, as the services take them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dsp_platform.khmer.dates import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    family_name: str = ""
    given_name: str = ""
    latin_family_name: str = ""
    latin_given_name: str = ""
    sex: str
    born: PartialDate
    relationship: str
    phone: str = ""
    document_type: str = ""
    document_number: str = ""
    circumstances: Mapping[str, int | bool | None] = field(default_factory=dict)
    """By name in ``registry.facts``. None or missing: "I do not know", or not asked."""
    apart: tuple[str, ...] = ()
    """SPIDs of persons alike, whom an official asked and found to be somebody else."""
    is_registered: bool = False
    """An official said that it is somebody registered elsewhere: then their document names them."""
    returning: str = ""
    """SPID of a former member whom a head that returns brings back: their record stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdDetails:
    """A household, its head first. ``operators`` are the codes of those consented to."""

    village_code: str
    address: str = ""
    members: tuple[PersonDetails, ...]
    operators: tuple[str, ...] = ()
    consent_text: str
    language: str = "km"
    confirmed: tuple[dict[str, Any], ...] = ()
    """Rare facts that whoever entered them said to be right: of ``registry.plausibility``."""
    returning: str = ""
    """SPID of the head, where they are registered and live in no household: their record stays."""
