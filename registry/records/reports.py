from datetime import date

from django.utils import timezone

from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import StatusReport
from dsp_platform.references import clean_reference
from registry.models import Enrolment, Household, Person, Programme
from registry.services import end_enrolment, enrol, set_poverty_level
from registry.spid import clean_spid

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


def handle_enrolment(report: StatusReport) -> None:
    """A person entered or left a programme of the operator: ``subject`` is the SPID.

    ``values["programme"]`` names the programme's code; an operator with one programme may leave it out.
    """
    spid = clean_spid(report.subject)
    person = Person.objects.filter(spid=spid).first() if spid else None
    if person is None:
        raise ReportHeld("unknown_subject")
    programmes = Programme.objects.filter(operator=report.operator_id)
    if code := report.values.get("programme"):
        programmes = programmes.filter(code=code)
    found = list(programmes[:2])
    if len(found) != 1:
        raise ReportHeld("unknown_programme")
    day = timezone.localdate(report.occurred_at)
    match report.status:
        case Enrolment.State.ACTIVE:
            enrol(person=person, programme=found[0], since=day, operator_reference=report.reference)
        case Enrolment.State.ENDED:
            end_enrolment(person=person, programme=found[0], until=day)
        case _:
            raise ReportHeld("unknown_status")


def _valid_to(report: StatusReport) -> date | None:
    text = report.values.get("valid_to")
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ReportHeld("invalid_date") from None
