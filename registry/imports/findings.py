"""What is found in a row: why it is refused, or what was read otherwise than it stands there."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.translations.label import Label
from registry.models import Area, IdentityDocument
from registry.plausibility.findings import title_of


class Severity(StrEnum):
    REFUSED = "refused"
    """The row does not come in."""
    NOTE = "note"
    """It comes in; something of it was read or left out in a way that whoever approves the import sees."""


REFUSALS: dict[str, Label] = {
    "row_long": gettext_lazy(
        "The row has more cells than there are headings: a separator too many shifts them."
    ),
    "cell_long": gettext_lazy("A cell is longer than any value of a person."),
    "broken_character": gettext_lazy("A character was lost when the file was written."),
    "legacy_text": gettext_lazy(
        "The name has signs that no name has. If it is written in an old font such as Limon or ABC, convert "
        "it to Unicode."
    ),
    "name_missing": gettext_lazy("There is no name."),
    "name_invalid": gettext_lazy(
        "The registration would not take this name: letters, spaces, dots, hyphens and apostrophes only."
    ),
    "born_missing": gettext_lazy("There is no date of birth."),
    "date_unreadable": gettext_lazy("The date of birth cannot be read."),
    "date_impossible": gettext_lazy("The date of birth does not exist."),
    "date_short_year": gettext_lazy("The year of birth has two digits: the century is not guessed."),
    "date_in_future": gettext_lazy("The date of birth is in the future."),
    "date_too_old": gettext_lazy("The date of birth is too long ago."),
    "sex_missing": gettext_lazy("It is not said whether this is a woman or a man."),
    "sex_unknown": gettext_lazy("“%(value)s” is not known as a sex. Name it in the mapping."),
    "village_missing": gettext_lazy("No village is named."),
    "village_code_unknown": gettext_lazy("No place has this code."),
    "village_code_ended": gettext_lazy(
        "This code of a village has ended, and no village of today has its name."
    ),
    "village_level_only": gettext_lazy("The place is known only to the %(level)s. The village is missing."),
    "area_unknown": gettext_lazy("No %(level)s of this name is known there."),
    "village_unknown": gettext_lazy("No village of this name is known there."),
    "village_ambiguous": gettext_lazy(
        "Several villages have this name. The code, or the commune, is missing."
    ),
    # Of comparing rows with each other and with the registry.
    "reference_twice": gettext_lazy("The source has this person, or this number, in an earlier row."),
    "implausible": gettext_lazy("This cannot be in one household: %(rule)s."),
    "own_matter": gettext_lazy(
        "This is about a steward of this import, or somebody related to them: other stewards import it."
    ),
    "person_died": gettext_lazy("This person has died."),
    # Of comparing them once more before they are written.
    "changed_since": gettext_lazy(
        "The registry has changed since this import was approved: the row would write what nobody has "
        "approved. It is left out, and can come with the next file."
    ),
}
NOTES: dict[str, Label] = {
    "row_short": gettext_lazy("The row has fewer cells than there are headings."),
    "title_removed": gettext_lazy("A title was taken off the name."),
    "name_alone": gettext_lazy("There is one name only: it is taken as the given name."),
    "names_look_swapped": gettext_lazy(
        "The surname and the given name look swapped. They stay as they stand."
    ),
    "name_in_latin": gettext_lazy("The name is in Latin letters only: it is taken for both scripts."),
    "latin_name_left_out": gettext_lazy(
        "The name in Latin letters is left out: the registration would refuse it."
    ),
    "khmer_in_latin_column": gettext_lazy("The name in Latin letters is in Khmer. It is left out."),
    "date_serial": gettext_lazy("The date of birth was a number of a spreadsheet."),
    "date_buddhist": gettext_lazy("The year of birth was a Buddhist year: 543 were taken away."),
    "date_other_order": gettext_lazy("The day and the month of birth were read in the other order."),
    "sex_from_title": gettext_lazy("The sex was told by the title before the name."),
    "sex_against_title": gettext_lazy("The title before the name tells another sex. The column is believed."),
    "relationship_unknown": gettext_lazy("“%(value)s” is not known as a relationship. It is left out."),
    "phone_first": gettext_lazy("The first of several phone numbers is taken."),
    "phone_invalid": gettext_lazy(
        "The phone number is left out: it is not that of a mobile phone of Cambodia."
    ),
    "village_zero_restored": gettext_lazy("The zero that the code of the village begins with was missing."),
    "village_by_name": gettext_lazy("No village has this code. It was found by its name."),
    "village_spelled_otherwise": gettext_lazy(
        "The name of the village is spelled otherwise in the list of places. It was found by its likeness."
    ),
    "village_code_old": gettext_lazy("The code of the village has ended. It was found by its name."),
    "address_left_out": gettext_lazy("The address is left out: the registration would refuse it."),
    "document_left_out": gettext_lazy("“%(type)s” is left out: the registration would refuse this number."),
    "document_zero_restored": gettext_lazy(
        "The number of “%(type)s” was a digit short, as where a spreadsheet drops a leading zero: a zero was "
        "put before it."
    ),
    "household_missing": gettext_lazy("The row names no household. Whoever it is of comes in without one."),
    "choice_unknown": gettext_lazy("“%(value)s” is not known here. It is left out."),
    "too_long": gettext_lazy("The text is left out: it is too long."),
    "person_twice": gettext_lazy(
        "An earlier row is of the same person. Of this one only what the earlier one does not say is taken."
    ),
    "rows_differ": gettext_lazy(
        "An earlier row of the same person says otherwise. The earlier one counts, this is left out."
    ),
    "reference_again": gettext_lazy(
        "The source used this number before, for somebody else by all that is known. Nothing is written to "
        "that record: a steward decides whether they are one person."
    ),
    "not_one_head": gettext_lazy(
        "The household has no head, or several. Its members come in without a household."
    ),
    "household_too_large": gettext_lazy(
        "So many rows have this number of a household that it is none. They come in without a household."
    ),
    "beside_double": gettext_lazy(
        "Likely the same person as somebody of this household: lives nowhere until a steward has decided."
    ),
    "not_taken_in": gettext_lazy(
        "By who lives there already, this cannot be: %(rule)s. The person is in no household."
    ),
    "has_account": gettext_lazy(
        "Somebody registered who has an account says themselves where they live: an import does not move "
        "them into a household."
    ),
    "unusual": gettext_lazy("This is rare, and comes in as it stands: %(rule)s."),
    "number_of_another": gettext_lazy("The number of the document is on record of somebody else."),
    "fills": gettext_lazy("Somebody registered: this is filled or renewed."),
    "says_otherwise": gettext_lazy(
        "Somebody registered: the file says otherwise. What is on record stays until a steward decides."
    ),
    "of_alias": gettext_lazy(
        "The source means a record that was merged with another one. What it says of the name, the birth, "
        "the sex, the phone, documents or the household is not written: a steward decides."
    ),
    "enrols": gettext_lazy("Somebody registered: begins or completes their enrolment in the programme."),
    "joins": gettext_lazy("Somebody new: comes into a household that is registered already."),
    "moves_in": gettext_lazy(
        "Somebody registered who lives nowhere: comes into this household, if it has a head."
    ),
    "moves_in_earlier": gettext_lazy(
        "Somebody of an earlier file who lives nowhere: comes into this household."
    ),
    "date_left_out": gettext_lazy("The date is left out: it cannot be read to the day."),
}
FINDINGS: dict[str, tuple[Severity, Label]] = {
    **{code: (Severity.REFUSED, words) for code, words in REFUSALS.items()},
    **{code: (Severity.NOTE, words) for code, words in NOTES.items()},
}
"""By code: its severity, and words that may name ``params``."""


class Finding(NamedTuple):
    """Stored with a row as JSON; grouped by ``code`` and ``column``."""

    code: str
    column: str = ""
    """As the file calls it; empty where it is about the whole row."""
    params: Mapping[str, Any] = {}
    """Never more of a person than a code, a level or their key."""

    @property
    def is_refusal(self) -> bool:
        return FINDINGS[self.code][0] is Severity.REFUSED

    @property
    def words(self) -> str:
        """In the language of the reader."""
        return words_of(self.code, self.params)


def words_of(code: str, params: Mapping[str, Any]) -> str:
    params = {name: _in_words(name, value) for name, value in params.items()}
    return str(FINDINGS[code][1]) % params


def _in_words(name: str, value: str) -> str:
    if name == "level":
        return str(Area.Level(value).label) if value else _("place")
    if name == "rule":
        return title_of(value)
    if name == "type":
        return str(IdentityDocument.Type(value).label)
    return value
