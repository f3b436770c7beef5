"""The letters by which an answer of the roster is chosen, the same keys on a Khmer and a Latin keyboard.

The first letter is that of the Khmer word (``ក`` of ``កូន`` lies on the key K), the second that of the English
one; others are taken too. The script goes by the key, so that it does not matter which of both is set.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language

from registry.models import IdentityDocument, Membership, Person
from registry.persons.labels import NO_DOCUMENT, SPID

Relationship, Type = Membership.Relationship, IdentityDocument.Type
LETTERS: Mapping[str, str] = {
    Person.Sex.FEMALE: "SF",
    Person.Sex.MALE: "BMP",
    Relationship.SPOUSE: "BHW",
    Relationship.CHILD: "KD",
    Relationship.PARENT: "MF",
    Relationship.SIBLING: "PS",
    Relationship.GRANDCHILD: "CG",
    Relationship.GRANDPARENT: "YE",
    Relationship.OTHER_RELATIVE: "RR",
    Relationship.NOT_RELATED: "NN",
    NO_DOCUMENT: "MN",
    Type.IDENTITY_CARD: "AI",
    Type.PERSONAL_CODE: "LC",
    Type.BIRTH_CERTIFICATE: "KB",
    Type.FAMILY_BOOK: "SF",
    Type.RESIDENCE_BOOK: "TR",
    Type.PASSPORT: "PP",
    Type.EQUITY_CARD: "EE",
    Type.NSSF: "BS",
    Type.DISABILITY_CARD: "DD",
    SPID: "RX",
}


def letter_of(value: str) -> str:
    """The one that the page shows."""
    return LETTERS[value][get_language() != "km"]


class LetterSelect(forms.Select):
    """A list whose options say their letter, and carry all their letters for the script."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        if str(value) in LETTERS:
            option["label"] = f"{label} ({letter_of(str(value))})"
            option["attrs"]["data-letters"] = LETTERS[str(value)]
        return option


def with_letters(field: forms.ChoiceField, *, empty: bool = True) -> None:
    """The same answers in a list instead of one below the other."""
    choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
    field.widget = LetterSelect()
    field.choices = [("", ""), *choices] if empty else choices
