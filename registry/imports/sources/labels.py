"""A source in words, one line for each term, so that two texts of it can be compared."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.exchange.mapping.words import words_of
from dsp_platform.exchange.models import Operator
from dsp_platform.translations.label import Label, labelled
from registry.imports.sources.mapping_words import column_in_words, value_in_words
from registry.imports.sources.trust import STOPS_ABOVE
from registry.models import Enrolment, Household, Person, Programme

FIELDS: dict[str, Label] = {
    "reference": gettext_lazy("Number of the person at the source"),
    "household": gettext_lazy("Number of the household at the source"),
    "relationship": gettext_lazy("Relationship to the head"),
    "name": gettext_lazy("Surname and given name"),
    "family_name": Person._meta.get_field("family_name").verbose_name,
    "given_name": Person._meta.get_field("given_name").verbose_name,
    "latin_name": gettext_lazy("Name in Latin letters"),
    "latin_family_name": Person._meta.get_field("latin_family_name").verbose_name,
    "latin_given_name": Person._meta.get_field("latin_given_name").verbose_name,
    "sex": Person._meta.get_field("sex").verbose_name,
    "born": gettext_lazy("Date of birth"),
    "phone": Person._meta.get_field("phone").verbose_name,
    "village": Person._meta.get_field("village").verbose_name,
    "address": Household._meta.get_field("address").verbose_name,
    "documents": gettext_lazy("Identity documents"),
    "disability_level": Person._meta.get_field("disability_level").verbose_name,
    "poverty_level": Household._meta.get_field("poverty_level").verbose_name,
    "poverty_valid_to": Household._meta.get_field("poverty_valid_to").verbose_name,
    "members": gettext_lazy("Newcomers of a household that is registered"),
    "member_number": Enrolment._meta.get_field("member_number").verbose_name,
    "card_number": Enrolment._meta.get_field("card_number").verbose_name,
    "level": Enrolment._meta.get_field("level").verbose_name,
    "since": Enrolment._meta.get_field("since").verbose_name,
}
"""Of what a source is read for, and of what it may write."""

Text = Mapping[str, Any]


def lines_of(text: Text) -> dict[str, str]:
    """By label; empty terms are left out."""
    return {str(label): str(words) for label, words in _lines(text) if words}


def mapping_lines(mapping: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(mapping, Mapping):
        return
    yield _("Sheet"), words_of(mapping.get("sheet"))
    yield _("Table of the operator's database"), words_of(mapping.get("table"))
    columns = mapping.get("columns")
    for field, part in columns.items() if isinstance(columns, Mapping) else ():
        yield _("Column of “%(field)s”") % {"field": FIELDS.get(field, field)}, column_in_words(field, part)
    yield _("The same in every row"), _constants(mapping.get("constants"))


def trust_lines(trust: Any) -> Iterator[tuple[str, str]]:
    named = trust if isinstance(trust, Mapping) else {}
    yield _("Fills where nothing is known"), _fields(named.get("fill"))
    yield _("May replace what another source said"), _fields(named.get("overwrite"))
    most = named.get("stop_above", STOPS_ABOVE)
    yield _("Stops where more are refused, or likely doubles"), f"{words_of(most)}%"


def _constants(constants: Any) -> str:
    if not isinstance(constants, Mapping):
        return words_of(constants)
    return "; ".join(
        labelled(FIELDS.get(field, str(field)), value_in_words(field, value))
        for field, value in constants.items()
    )


def _fields(names: Any) -> str:
    return ", ".join(str(FIELDS.get(name, name)) for name in names) if isinstance(names, list) else ""


def _lines(text: Text) -> Iterator[tuple[str, Any]]:
    yield _("Code"), text["code"]
    yield _("Name, in Khmer"), text["name_km"]
    yield _("Name, in English"), text["name_en"]
    yield _("Operator"), Operator.objects.filter(pk=text["operator"]).first() or text["operator"]
    programme = text["programme"]
    yield _("Programme of its members"), Programme.objects.filter(pk=programme).first() if programme else ""
    yield _("Law or agreement"), text["legal_basis"]
    yield _("First day"), _day(text["valid_from"])
    yield _("Last day"), _day(text["valid_to"])
    yield _("Rank among the sources"), text["rank"]
    yield from trust_lines(text["trust"])
    yield from mapping_lines(text["mapping"])


def _day(text: str | None) -> str:
    day = parse_date(text) if text else None
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""
