from datetime import date

from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import StatusReport
from dsp_platform.references import clean_reference
from registry.models import Household
from registry.services import set_poverty_level

# Only the identification of poor households says who is poor.
_ASSESSOR = "idpoor"


def handle_poverty_level(report: StatusReport) -> None:
    """A household was assessed: ``subject`` is its number, ``status`` the level."""
    if report.operator_id != _ASSESSOR:
        raise ReportHeld("not_this_operator")
    number = clean_reference(report.subject, "H")
    household = Household.objects.filter(number=number).first() if number else None
    if household is None:
        raise ReportHeld("unknown_household")
    if report.status not in Household.PovertyLevel.values:
        raise ReportHeld("unknown_status")
    set_poverty_level(household=household, level=report.status, valid_to=_valid_to(report))


def _valid_to(report: StatusReport) -> date | None:
    text = report.values.get("valid_to")
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ReportHeld("invalid_date") from None
