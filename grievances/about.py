"""What is known about a grievance besides its words, as whoever handles it reads it: in the admin, and at the
counter."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from applications.workflow import reasons_in_words
from dsp_platform.accounts.models import User
from dsp_platform.casework.deadlines.words import promises_to_staff
from dsp_platform.khmer.money import format_riel
from dsp_platform.templatetags.site_tags import reference, runs, tel
from grievances.linked import opens_application
from grievances.models import Grievance
from grievances.reach import how_it_is_read
from registry.models import Area, Enrolment

RELATIONS = ("operator", "team", "area", "office", "programme", "person", "reported_by")
"""That the lines below read of most reports. What few have is read when it is: of more than ten tables the
planner takes longer to find the order than to read them all."""
PAYMENTS_SHOWN = 6
WORDS_SHOWN, SIGNS_SHOWN = 8, 60

Page = Callable[[Grievance], str]
"""The address of another one, for whoever handles both."""


@dataclass(frozen=True, slots=True)
class Said:
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    said: list[Said]


def first_words(grievance: Grievance) -> str:
    """For a list, by which reports are told apart. Never of a sensitive one."""
    if grievance.told_in_secret:
        return ""
    # Khmer has few spaces.
    return Truncator(Truncator(" ".join(grievance.text.split())).words(WORDS_SHOWN)).chars(SIGNS_SHOWN)


def lines(grievance: Grievance, reader: User, page: Page) -> list[Line]:
    """Of what there is."""
    repeats = grievance.repeats.order_by("pk")
    found = [
        (_("Deadline"), map(Said, promises_to_staff(grievance))),
        (_("Reported by"), _reporter(grievance)),
        (_("Phone number"), _phone(grievance)),
        (_("News"), [Said(how_it_is_read(grievance))]),
        (_("How it was told"), [Said(grievance.get_channel_display())]),
        (_("Application"), _application(grievance, reader)),
        (_("Programme"), _named(None if grievance.application else grievance.programme)),
        (_("Support"), _support(grievance)),
        (_("Decision"), _decision(grievance)),
        (_("Last day of the appeal"), _last_day(grievance)),
        (_("Official or worker"), _named(grievance.official)),
        (_("Office it is about"), _place(grievance.office)),
        (_("Commune or sangkat"), _place(grievance.area)),
        (_("Operator"), _named(grievance.operator)),
        (_("Team"), [Said(f"{grievance.team} – {_day(localdate(grievance.team_since))}")]),
        (_("Repeat of"), _others([grievance.repeat_of] if grievance.repeat_of else [], page)),
        (_("Repeats, which get the same answer"), _others(repeats, page)),
    ]
    rows = [Line(label, list(said)) for label, said in found]
    return [row for row in rows if row.said]


def _day(value: date) -> str:
    return date_format(value, "SHORT_DATE_FORMAT")


def _named(thing: object) -> Iterator[Said]:
    if thing:
        yield Said(runs(thing))


def _place(area: Area | None) -> Iterator[Said]:
    if area is not None:
        yield Said(format_html("{} ({})", runs(area.name), area.code))


def _others(rows: Iterable[Grievance], page: Page) -> Iterator[Said]:
    return (Said(reference(one.reference), page(one)) for one in rows)


def _reporter(grievance: Grievance) -> Iterator[Said]:
    person = grievance.person
    if person is None:
        yield Said(_("not named"))
        return
    yield Said(format_html('{} <span class="spid">{}</span>', runs(person.name), person.spid_grouped))
    if grievance.channel in Grievance.TYPED_BY_OFFICIALS:
        yield Said(_("as they said; nobody has checked it"))


def _phone(grievance: Grievance) -> Iterator[Said]:
    """The number itself only of who called: nobody else is to be called."""
    if grievance.phone and grievance.channel in Grievance.TYPED_BY_OFFICIALS:
        yield Said(grievance.phone, f"tel:{tel(grievance.phone)}")
    if grievance.phone and not grievance.phone_confirmed_at:
        yield Said(_("given, and not confirmed"))


def _application(grievance: Grievance, reader: User) -> Iterator[Said]:
    application = grievance.application
    if application is None:
        return
    yield Said(runs(application.programme))
    url = reverse("admin:applications_application_change", args=[application.pk])
    yield Said(reference(application.reference), url if opens_application(reader, application) else "")


def _support(grievance: Grievance) -> Iterator[Said]:
    support = _enrolment(grievance)
    if support is None:
        return
    since = _("since %(day)s") % {"day": _day(support.since)}
    said = (support.get_state_display(), since, support.operator_reference)
    yield Said(" · ".join(filter(None, said)))
    payments = support.payments.order_by("-paid_on")[:PAYMENTS_SHOWN]
    told = [Said(f"{_day(one.paid_on)} · {format_riel(one.amount)}") for one in payments]
    yield from told or [Said(_("No payments were reported."))]


def _enrolment(grievance: Grievance) -> Enrolment | None:
    """Which it is about; who calls can only name the programme."""
    is_typed = grievance.channel in Grievance.TYPED_BY_OFFICIALS
    if grievance.enrolment or not (grievance.person and grievance.programme and is_typed):
        return grievance.enrolment
    rows = grievance.person.enrolments.filter(programme=grievance.programme)
    return rows.order_by("-since", "-pk").first()


def _decision(grievance: Grievance) -> Iterator[Said]:
    decision = grievance.decision
    if decision is None:
        return
    at = date_format(localtime(decision.at), "SHORT_DATETIME_FORMAT")
    yield Said(f"{decision.get_state_display()} – {at}")
    words = (" ".join(reasons_in_words(decision.reason)), decision.note)
    yield from (Said(runs(one)) for one in words if one)


def _last_day(grievance: Grievance) -> Iterator[Said]:
    if grievance.decision is None or grievance.application is None:
        return
    until = grievance.application.appeal_until
    yield Said(_day(until) if until else _("none told"))
    if until and grievance.late:
        yield Said(_("came late"))
