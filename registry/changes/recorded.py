"""What is recorded now, shown beside a request that replaces it."""

from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import format_date
from registry.areas.labels import area_path
from registry.fields.table import FIELDS
from registry.models import ChangeRequest


def recorded_rows(request: ChangeRequest) -> list[tuple[str, str]]:
    person, household = request.person, request.household
    match request.kind:
        case "name" if person:
            return _rows(name=person.name, latin_name=person.latin_name)
        case "sex" if person:
            return _rows(sex=str(person.get_sex_display()))
        case "birth-date" if person:
            return _rows(date_of_birth=format_date(person.date_of_birth, person.birth_precision))
        case "document" if person:
            types = [str(one.get_type_display()) for one in person.documents.order_by("pk")]
            return [(_("Documents"), ", ".join(types) or _("None"))]
        case "move":
            return _rows(village=area_path(household.village), address=household.address)
        case "payee":
            return [(_("Receives the money"), household.payee.name if household.payee else _("None"))]
        case _:  # the page of every kind shows the members
            return []


def _rows(**shown: str) -> list[tuple[str, str]]:
    return [(str(FIELDS[key].label), words) for key, words in shown.items()]
