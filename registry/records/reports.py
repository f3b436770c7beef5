"""Handlers of operators' reports about persons and households. Repeated and late reports change nothing."""

from collections.abc import Callable
from datetime import date
from functools import wraps

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy

from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.adapters.plausible_dates import read_day
from dsp_platform.exchange.contract import ReportHeld, ReportKind
from dsp_platform.exchange.models import StatusReport
from dsp_platform.exchange.reports.encrypted_values import decrypted_value
from dsp_platform.exchange.reports.order import later_one_handled
from dsp_platform.web.forms import row_number
from registry.beneficiaries.enrolment import (
    end_enrolment,
    enrol,
    note_payment,
    set_suspended,
    take_back_payment,
)
from registry.identity.spid import clean_spid
from registry.models import Enrolment, Household, IdentityDocument, Membership, Person, Programme, lives_in
from registry.persons.remaining import lock_remaining
from registry.persons.reported import save_card, set_disability_level, set_poverty_level
from registry.persons.writer import NumberTaken, lock_household
from registry.programmes.selectors import published

Handler = Callable[[StatusReport], None]
State = Enrolment.State
Card = IdentityDocument.Type


def only_from(operator: str) -> Callable[[Handler], Handler]:
    """Holds reports of other operators. Removes the number of a card from a handled report: it is stored with
    the person then."""

    def guard(handle: Handler) -> Handler:
        @wraps(handle)
        def guarded(report: StatusReport) -> None:
            if report.operator_id != operator:
                raise ReportHeld("not_this_operator")
            handle(report)
            if report.values.pop("card", None):
                StatusReport.objects.filter(pk=report.pk).update(values=report.values)

        return guarded

    return guard


@only_from("idpoor")
def handle_poverty_level(report: StatusReport) -> None:
    """A household was assessed: ``subject`` is its number, ``status`` the level.

    ``values``: ``valid_to``, and ``card``, the number of the Equity Card, stored as a document of the head.
    """
    household = _household(report.subject)
    if household is None:
        raise ReportHeld("unknown_household")
    household = lock_household(household)
    if report.status not in Household.PovertyLevel.values:
        raise ReportHeld("unknown_status")
    valid_to = _day(report, "valid_to", may_lie_ahead=True)
    if later_one_handled(report):
        return
    set_poverty_level(
        household=household, level=report.status, valid_to=valid_to, operator=report.operator_id
    )
    if head := _head(household):
        _save_card(report, head, Card.EQUITY_CARD)


def handle_enrolment(report: StatusReport) -> None:
    """A person entered a programme, left it, or is suspended.

    ``subject`` is an SPID, or the number of a household for a benefit of the whole household.
    ``values``: ``programme``, the code of the programme, which an operator with one programme may leave out,
    and ``reference``, the operator's number of the enrolment.
    """
    _enrolment(report)


@only_from("nssf")
def handle_membership(report: StatusReport) -> None:
    """The enrolment of a member, ``suspended`` while contributions are not paid; ``card``: the number."""
    person = _enrolment(report)
    _save_card(report, person, Card.NSSF)


@only_from("disability")
def handle_disability(report: StatusReport) -> None:
    """A disability was identified: ``status`` is its level or "none"; ``values["card"]`` the number."""
    person = lock_remaining(_person(report.subject))
    _require_living(person)
    level = "" if report.status == "none" else report.status
    if level and level not in Person.DisabilityLevel.values:
        raise ReportHeld("unknown_status")
    if later_one_handled(report, also=spids_of(person)):
        return
    set_disability_level(person=person, level=level, operator=report.operator_id)
    _save_card(report, person, Card.DISABILITY_CARD)


def handle_payment(report: StatusReport) -> None:
    """Money was ``paid``, or ``returned`` uncollected; subject and programme as of an enrolment.

    ``values``: ``amount`` in riel, ``paid_on``, and ``reference``, the operator's number of the payment.
    """
    programme = _programme(report)
    person = lock_remaining(_enrolled_person(report.subject, programme))
    paid_on = _day(report, "paid_on", may_lie_ahead=False) or timezone.localdate(report.occurred_at)
    enrolments = Enrolment.objects.filter(person=person, programme=programme).order_by("-since", "-pk")
    enrolment = enrolments.filter(since__lte=paid_on).first() or enrolments.first()
    if enrolment is None:
        raise ReportHeld("not_enrolled")
    own = report.values.get("reference")
    if own and later_one_handled(report, also=_numbers(report, person), reference=own):
        return
    number = _reference(report)
    match report.status:
        case "paid":
            _require_living(person, on=paid_on)
            amount = row_number(str(report.values.get("amount") or ""))
            if amount is None or not 0 < amount <= 2_147_483_647:  # the largest that the column holds
                raise ReportHeld("invalid_amount")
            note_payment(enrolment=enrolment, amount=amount, paid_on=paid_on, operator_reference=number)
        case "returned":
            take_back_payment(enrolment=enrolment, operator_reference=number)
        case _:
            raise ReportHeld("unknown_status")


def _enrolment(report: StatusReport) -> Person:
    programme = _programme(report)
    person = lock_remaining(_enrolled_person(report.subject, programme))
    if report.status not in State.values:
        raise ReportHeld("unknown_status")
    named = {"programme": code} if (code := report.values.get("programme")) else {}
    numbers = _numbers(report, person)
    if later_one_handled(report, also=numbers, **named):
        return person
    day = timezone.localdate(report.occurred_at)
    if report.status == State.ENDED:
        end_enrolment(person=person, programme=programme, until=day)
        return person
    _require_living(person)
    enrolment = enrol(person=person, programme=programme, since=day, operator_reference=_reference(report))
    set_suspended(enrolment=enrolment, suspended=report.status == State.SUSPENDED)
    # Payments that arrived before the enrolment, perhaps from the paying operator, are handled again.
    StatusReport.objects.filter(
        kind="payment",
        subject__in={report.subject, *numbers},
        state=StatusReport.State.HELD,
        reason="not_enrolled",
    ).update(state=StatusReport.State.RECEIVED, reason="", not_before=Now())
    return person


def _programme(report: StatusReport) -> Programme:
    """One that the operator runs, or pays for another operator."""
    programmes = published().filter(Q(operator=report.operator_id) | Q(payer=report.operator_id))
    if code := report.values.get("programme"):
        programmes = programmes.filter(code=code)
    found = list(programmes[:2])
    if len(found) != 1:
        raise ReportHeld("unknown_programme")
    return found[0]


def _enrolled_person(subject: str, programme: Programme) -> Person:
    """Of a household the member who is in the programme, or else its head."""
    if clean_spid(subject):
        return _person(subject)
    household = _household(subject)
    if household is None:
        raise ReportHeld("unknown_subject")
    members = Person.objects.filter(lives_in([household]))
    enrolled = members.filter(enrolments__programme=programme, enrolments__until=None)
    person = enrolled.order_by("pk").first() or _head(household)
    if person is None:
        raise ReportHeld("nobody_left")
    return person


def _person(subject: str) -> Person:
    """A merged person's SPID is an alias of the one that remains."""
    spid = clean_spid(subject)
    person = Person.objects.select_related("merged_into").filter(spid=spid).first() if spid else None
    if person is None:
        raise ReportHeld("unknown_subject")
    return person.merged_into or person


def spids_of(person: Person) -> list[str]:
    """The SPID and its aliases: an operator may still report by one of those."""
    rows = Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person))
    return list(rows.values_list("spid", flat=True))


def _numbers(report: StatusReport, person: Person) -> list[str]:
    """Where the subject is a person; of a household its number is the only one."""
    return spids_of(person) if clean_spid(report.subject) else []


def _require_living(person: Person, on: date | None = None) -> None:
    """Or perhaps died not before ``on``: a payment before the death is valid."""
    if person.died and (on is None or person.died.last < on):
        raise ReportHeld("person_died")


def _household(subject: str) -> Household | None:
    number = clean_reference(subject, "H")
    return Household.objects.filter(number=number).first() if number else None


def _head(household: Household) -> Person | None:
    memberships = household.memberships.current().filter(relationship=Membership.Relationship.HEAD)
    head = memberships.select_related("person").first()
    return head.person if head else None


def _save_card(report: StatusReport, person: Person, type: str) -> None:
    number = decrypted_value(report.values, "card")
    if not number:
        return
    try:
        save_card(person=person, type=type, number=number)
    except ValidationError:
        raise ReportHeld("invalid_number") from None
    except NumberTaken:
        raise ReportHeld("number_of_another") from None


def _reference(report: StatusReport) -> str:
    return str(report.values.get("reference") or report.reference)[:128]


def _day(report: StatusReport, name: str, *, may_lie_ahead: bool) -> date | None:
    text = report.values.get(name)
    if not text:
        return None
    try:
        return read_day(str(text), may_lie_ahead=may_lie_ahead)
    except ValueError:
        raise ReportHeld("invalid_date") from None


REPORTS = (
    ReportKind(
        name="poverty_level",
        label=gettext_lazy("poverty level"),
        handle=handle_poverty_level,
        statuses=dict(Household.PovertyLevel.choices),
    ),
    ReportKind(
        name="enrolment",
        label=gettext_lazy("enrolment"),
        handle=handle_enrolment,
        statuses=dict(Enrolment.State.choices),
    ),
    ReportKind(
        name="membership",
        label=gettext_lazy("membership of the fund"),
        handle=handle_membership,
        statuses=dict(Enrolment.State.choices),
    ),
    ReportKind(
        name="disability",
        label=gettext_lazy("disability identification"),
        handle=handle_disability,
        statuses={**dict(Person.DisabilityLevel.choices), "none": gettext_lazy("none")},
    ),
    ReportKind(
        name="payment",
        label=gettext_lazy("payment"),
        handle=handle_payment,
        statuses={"paid": gettext_lazy("paid"), "returned": gettext_lazy("returned")},
    ),
)
