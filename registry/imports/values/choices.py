"""Codes and words of the source for a value of the registry."""

from collections.abc import Mapping
from typing import Any

from dsp_platform.khmer.text import search_key
from registry.imports.values.text import number_text
from registry.models import Household, Membership, Person

_SEX = {
    Person.Sex.FEMALE: ("female", "f", "woman", "girl", "w", "ស្រី", "ស", "នារី", "យុវតី"),
    Person.Sex.MALE: ("male", "m", "man", "boy", "ប្រុស", "ប", "បុរស", "យុវជន"),
}
_R = Membership.Relationship
_RELATIONSHIP = {
    _R.HEAD: ("head", "headofhousehold", "householdhead", "hh", "hoh", "មេគ្រួសារ", "មេគ្រសួារ", "ប្រធានគ្រួសារ"),
    _R.SPOUSE: ("spouse", "wife", "husband", "ប្រពន្ធ", "ប្ដី", "ភរិយា", "ស្វាមី", "សហព័ទ្ធ", "ប្តីឬប្រពន្ធ"),
    _R.CHILD: (
        "child", "son", "daughter", "sonordaughter", "កូន", "កូនប្រុស", "កូនស្រី", "កូនបង្កើត", "កូនប្រុសឬស្រី",
    ),
    _R.PARENT: ("parent", "father", "mother", "ឪពុក", "ម្ដាយ", "ឪពុកម្ដាយ", "ឪពុកឬម្ដាយ"),
    _R.SIBLING: ("sibling", "brother", "sister", "បងប្អូន", "បង", "ប្អូន", "បងប្អូនបង្កើត"),
    _R.GRANDCHILD: ("grandchild", "grandson", "granddaughter", "ចៅ", "ចៅប្រុស", "ចៅស្រី"),
    _R.GRANDPARENT: ("grandparent", "grandfather", "grandmother", "ជីតា", "ជីដូន", "តា", "យាយ"),
    _R.OTHER_RELATIVE: ("otherrelative", "relative", "ញាតិ", "សាច់ញាតិ", "ញាតិផ្សេងទៀត", "ក្មួយ"),
    _R.NOT_RELATED: ("notrelated", "nonrelative", "unrelated", "មិនមែនញាតិ", "មិនពាក់ព័ន្ធ"),
}  # fmt: skip
_L, _D = Household.PovertyLevel, Person.DisabilityLevel
_POVERTY = {
    _L.LEVEL_1: ("level1", "poor1", "idpoor1", "ក្រ1", "ក្រីក្រ1", "កម្រិត1"),
    _L.LEVEL_2: ("level2", "poor2", "idpoor2", "ក្រ2", "ក្រីក្រ2", "កម្រិត2"),
    _L.AT_RISK: ("atrisk", "ងាយរងហានិភ័យ", "ងាយរងគ្រោះ"),
    _L.NOT_POOR: ("notpoor", "nonpoor", "មិនក្រ", "មិនក្រីក្រ"),
}
_DISABILITY = {
    _D.SEVERE: ("severe", "ធ្ងន់", "ធ្ងន់ធ្ងរ"),
    _D.MEDIUM: ("medium", "moderate", "មធ្យម"),
    _D.MILD: ("mild", "light", "ស្រាល"),
}


def _by_key(words: Mapping[Any, tuple[str, ...]]) -> dict[str, str]:
    return {search_key(word): str(value) for value, known in words.items() for word in known}


KNOWN = {
    "sex": _by_key(_SEX),
    "relationship": _by_key(_RELATIONSHIP),
    "poverty_level": _by_key(_POVERTY),
    "disability_level": _by_key(_DISABILITY),
}
"""By field: what is understood without being named in the mapping. Numbers are not: they mean something
else in every source."""


class Choices:
    """Of one column."""

    def __init__(self, field: str, values: Mapping[str, str]) -> None:
        self.known = KNOWN[field] | {search_key(written): value for written, value in values.items()}
        self.found: dict[str, str | None] = {}

    def read(self, cell: str) -> str | None:
        """Empty for an empty cell, None for what is not known."""
        if cell not in self.found:
            if len(self.found) > 1000:  # it is a column of something else
                self.found.clear()
            text = number_text(cell)
            self.found[cell] = self.known.get(search_key(text)) if text else ""
        return self.found[cell]
