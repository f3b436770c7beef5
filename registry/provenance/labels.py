"""Columns and their values in words."""

from django.utils.translation import gettext as _

from dsp_platform.exchange.models import Operator
from registry.fields.table import FIELDS
from registry.models import ImportSource
from registry.persons.origins import REPORT


def column_label(column: str) -> str:
    return str(FIELDS[column].label)


def in_words(column: str, text: str) -> str:
    """As ``text_on_record`` gives it; "–" for what is unknown."""
    field = FIELDS[column]
    if not text:
        return "–"
    return field.label_of(text) or field.words(text, {})


def source_in_words(code: str) -> str:
    """Of an import source, or of an operator that reported the value; "told by people" for none."""
    if not code:
        return _("told by people")
    if code.startswith(REPORT):
        operator = Operator.objects.filter(pk=code.removeprefix(REPORT)).first()
        return _("by a report of %(operator)s") % {"operator": operator or code.removeprefix(REPORT)}
    named = ImportSource.objects.filter(code=code).first()
    return str(named.name) if named else code
