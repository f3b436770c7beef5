"""The details entered at a registration, as the services take them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """One member. None is "I do not know" or "not asked"; difficulties are Person.Difficulty values."""

    family_name: str = ""
    given_name: str = ""
    latin_family_name: str = ""
    latin_given_name: str = ""
    sex: str
    date_of_birth: date
    birth_precision: str = "day"
    relationship: str
    phone: str = ""
    document_type: str = ""
    document_number: str = ""
    seeing: int | None = None
    hearing: int | None = None
    walking: int | None = None
    remembering: int | None = None
    self_care: int | None = None
    communicating: int | None = None
    pregnant: bool | None = None
    studying: bool | None = None
    working: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdDetails:
    """A household, its head first. ``operators`` are the codes of those consented to."""

    village_code: str
    address: str = ""
    members: tuple[PersonDetails, ...]
    operators: tuple[str, ...] = ()
    consent_text: str
    language: str = "km"
