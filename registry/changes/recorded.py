"""What is recorded now, shown beside a request that replaces it."""

from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import format_date
from registry.areas.labels import area_path
from registry.models import ChangeRequest


def recorded_rows(request: ChangeRequest) -> list[tuple[str, str]]:
    person, household = request.person, request.household
    match request.kind:
        case "name" if person:
            return [(_("Name"), person.name), (_("Name in Latin letters"), person.latin_name)]
        case "sex" if person:
            return [(_("Sex"), str(person.get_sex_display()))]
        case "birth-date" if person:
            return [(_("Date of birth"), format_date(person.date_of_birth, person.birth_precision))]
        case "document" if person:
            types = [str(one.get_type_display()) for one in person.documents.order_by("pk")]
            return [(_("Documents"), ", ".join(types) or _("None"))]
        case "move":
            return [(_("Village"), area_path(household.village)), (_("House and street"), household.address)]
        case "payee":
            return [(_("Receives the money"), household.payee.name if household.payee else _("None"))]
        case _:  # the page of every kind shows the members
            return []
