"""Why an agreement concerns a grievance, or does not: shown to the steward who previews it."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.records import APPLICANTS
from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.contract import Reason
from dsp_platform.exchange.models import Agreement
from grievances.actors import looked_at
from grievances.delivery.records import deliverable, of_grievances
from grievances.models import Grievance
from grievances.pins import PREFIX
from registry.models import Membership
from registry.records.entitlement_reasons import by_consent, counted


class GrievanceExplainer:
    number_label = gettext_lazy("Reference of the report")

    def find(self, typed: str) -> int | None:
        """Not of what no operator gets: it is as if there were none."""
        reference = clean_reference(typed, PREFIX)
        found = deliverable().filter(reference=reference)
        return found.values_list("pk", flat=True).first() if reference else None

    def accessed(self, subject: int) -> Sequence[tuple[str, int]]:
        return [("grievance", subject), *looked_at(Grievance.objects.get(pk=subject))]

    def why(self, agreement: Agreement, subject: int) -> Sequence[Reason]:
        grievance = Grievance.objects.select_related("team").get(pk=subject)
        theirs = grievance.team.operator_id == agreement.operator_id
        home = Membership.objects.current().filter(person=grievance.person_id).first()
        return [
            Reason(
                theirs and agreement.concerns in APPLICANTS,
                _("It is with a team of this operator.") if theirs else _("It is with another team."),
            ),
            *by_consent(agreement, home.household_id if home else None),
        ]

    def words(self, subject: int) -> Mapping[str, str]:
        return {}

    def count(self, agreement: Agreement) -> int | None:
        return counted(of_grievances(agreement))
