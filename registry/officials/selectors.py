"""Which officials a district manages. Its own colleagues it does not: stewards do."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff.inviters import may_be_one_person
from dsp_platform.audit.models import AuditEvent
from registry.areas.gazetteer import LEVELS
from registry.areas.selectors import communes_in
from registry.models import Area, OfficialRequest
from registry.persons.scope import COMMUNE

Kind, State = OfficialRequest.Kind, OfficialRequest.State
WITH_HALVES = (Kind.LOST_DEVICE, Kind.INVITATION, Kind.RETURN)
LAPSES_AFTER = timedelta(days=14)


class Standing(StrEnum):
    LEFT = "left"
    WORKS = "works"
    STOPPED = "stopped"
    """Worked here; password and app were stopped since."""
    INVITED = "invited"


def is_of_district(user: User) -> bool:
    return user.is_active and user.is_official and LEVELS.get(len(user.area_code)) == "district"


def communes_of(user: User) -> QuerySet[Area]:
    """Of the district of this official; none for anybody else."""
    if not is_of_district(user):
        return Area.objects.none()
    return communes_in(user.area_code)


def officials_of(user: User) -> QuerySet[User]:
    """At the counters of the communes of this official's district, also those whose account was closed."""
    if not is_of_district(user):
        return User.objects.none()
    rows = User.objects.filter(role=Role.OFFICIAL, area_code__startswith=user.area_code)
    return rows.alias(digits=Length("area_code")).filter(digits=COMMUNE).order_by("area_code", "username")


def waiting() -> QuerySet[OfficialRequest]:
    """That nobody has answered yet. Of lost devices only where stewards have not made a new invitation,
    and of closed accounts only while they are."""
    rows = OfficialRequest.objects.filter(state=State.WAITING, asked_at__gt=timezone.now() - LAPSES_AFTER)
    again = Q(kind=Kind.LOST_DEVICE, official__invitation__made_at__gt=F("asked_at"))
    rows = rows.exclude(kind=Kind.RETURN, official__is_active=True)
    return rows.exclude(pk__in=OfficialRequest.objects.filter(again, state=State.WAITING).values("pk"))


def waiting_for(user: User) -> QuerySet[OfficialRequest]:
    """Requests that this official may answer, the oldest first."""
    if not is_of_district(user):
        return OfficialRequest.objects.none()
    rows = waiting().filter(district=user.area_code)
    return rows.exclude(asked_by=user).select_related("official", "asked_by").order_by("asked_at")


def request_about(official: User) -> OfficialRequest | None:
    """The one that waits, of whichever district."""
    return waiting().filter(official=official).first()


def asked_by(user: User) -> QuerySet[OfficialRequest]:
    """What waits for somebody else, the last first."""
    return waiting().filter(asked_by=user).select_related("official", "district")


def who_may_answer(asked_by: User, district: str) -> list[User]:
    """Those of this district who can sign in, but whoever asked and who may be one person with them."""
    of_district = _at_districts().filter(area_code=district)
    return [one for one in of_district if not may_be_one_person(one, asked_by)]


def left_to_nobody() -> list[OfficialRequest]:
    """That wait where nobody may answer, and for which stewards have not made a new invitation: the oldest
    first."""
    not_invited = Q(official__invitation=None) | Q(official__invitation__made_at__lte=F("asked_at"))
    rows = waiting().filter(not_invited).select_related("official", "asked_by", "district")
    requests = list(rows.order_by("asked_at"))
    districts = {one.district_id for one in requests}
    answering: dict[str, list[User]] = {}
    for official in _at_districts().filter(area_code__in=districts):
        answering.setdefault(official.area_code, []).append(official)
    return [
        one
        for one in requests
        if all(may_be_one_person(official, one.asked_by) for official in answering.get(one.district_id, []))
    ]


def _at_districts() -> QuerySet[User]:
    return staff.joined(User.objects.exclude(role=Role.CITIZEN).filter(role=Role.OFFICIAL))


def without_spid() -> QuerySet[User]:
    """Officials of whom nothing says who they are as a person."""
    officials = User.objects.exclude(role=Role.CITIZEN).filter(role=Role.OFFICIAL, is_active=True)
    return officials.filter(spid="")


def standing_of(official: User) -> Standing:
    if not official.is_active:
        return Standing.LEFT
    if staff.has_joined(official):
        return Standing.WORKS
    return Standing.STOPPED if staff.ever_joined(official) else Standing.INVITED


def stopped_at(official: User) -> datetime | None:
    """When password and app stopped last."""
    stops = AuditEvent.objects.filter(subject_kind="user", subject_id=official.pk, action="renew_credentials")
    return stops.order_by("-at").values_list("at", flat=True).first()


def closed_by(official: User) -> AuditEvent | None:
    """When this account was closed, and who did it."""
    changes = AuditEvent.objects.filter(subject_kind="user", subject_id=official.pk, action="change_account")
    closed = changes.filter(details__after__is_active=False).select_related("actor")
    return closed.order_by("-at").first()


def halves_of(user: User) -> QuerySet[OfficialRequest]:
    """What was confirmed and not used yet, of which this official passes on one half of the code."""
    rows = _given().filter(asked_by=user, official__invitation__expires_at__gt=timezone.now())
    return rows.select_related("official__invitation", "answered_by")


def halves_about(official: User) -> OfficialRequest | None:
    """By which a code was given out that this official has not used yet."""
    return _given().filter(official=official).select_related("asked_by").first()


def _given() -> QuerySet[OfficialRequest]:
    """The last one of each official: a later code replaces it."""
    confirmed = OfficialRequest.objects.filter(kind__in=WITH_HALVES, state=State.ACCEPTED)
    later = confirmed.filter(official=OuterRef("official"), answered_at__gt=OuterRef("answered_at"))
    open_now = {"official__invitation__isnull": False, "official__invitation__used_at": None}
    return confirmed.filter(~Exists(later), **open_now)
