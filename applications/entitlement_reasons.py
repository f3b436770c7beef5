"""Why an agreement concerns an application, or does not: shown to the steward who previews it."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application
from applications.records import APPLICANTS, of_applications
from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.contract import Reason
from dsp_platform.exchange.models import Agreement
from registry.models import Membership
from registry.records.entitlement_reasons import by_consent, by_record, counted


class ApplicationExplainer:
    number_label = gettext_lazy("Reference of the application")

    def find(self, typed: str) -> int | None:
        reference = clean_reference(typed, "A")
        found = Application.objects.filter(reference=reference).values_list("pk", flat=True)
        return found.first() if reference else None

    def accessed(self, subject: int) -> Sequence[tuple[str, int]]:
        applicants = Application.objects.filter(pk=subject).values_list("person_id", flat=True)
        return [("application", subject), *(("person", applicant) for applicant in applicants)]

    def why(self, agreement: Agreement, subject: int) -> Sequence[Reason]:
        application = Application.objects.select_related("person", "programme").get(pk=subject)
        own = application.programme.operator_id == agreement.operator_id
        home = Membership.objects.current().filter(person=application.person).first()
        return [
            *by_record(application.person),
            Reason(
                own and agreement.concerns in APPLICANTS,
                _("It is for a programme of this operator.")
                if own
                else _("It is for a programme of another operator."),
            ),
            *by_consent(agreement, home.household_id if home else None),
        ]

    def words(self, subject: int) -> Mapping[str, str]:
        return {}

    def count(self, agreement: Agreement) -> int | None:
        return counted(of_applications(agreement))
