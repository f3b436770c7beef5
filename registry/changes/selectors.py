"""Who sees which request for a change. Fails closed."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, Role, User
from dsp_platform.casework.workflow import DOCUMENT
from dsp_platform.database.references import clean_reference
from dsp_platform.web.request_cache import cached_per_request
from registry.changes.context import TELL_DEATH, HouseholdContext
from registry.changes.kinds import DEATHS, KINDS, codes_of
from registry.changes.workflow import OBJECT
from registry.models import ChangeDraft, ChangeEvent, ChangeRequest, Person
from registry.persons.ages import children_for_consent
from registry.persons.households import household_of, members_of
from registry.persons.scope import COMMUNE
from registry.persons.selectors import subject_for
from registry.persons.writer import alone
from registry.phones.selectors import confirmation_contact

PREFIX = "C"
MOST = 50
OBJECTED = timedelta(days=30)
"""How long an objection counts also for later requests of that kind about that person."""
TO_DO = """
SELECT * FROM registry_changerequest
WHERE asked_for_id = %(person)s AND state = %(more_asked)s
  OR mover_id = ANY(%(movers)s) AND state = ANY(%(open)s)
  OR household_id = %(home)s AND kind = ANY(%(kinds)s) AND state = ANY(%(open)s)
  OR asked_for_id = %(person)s AND household_id IS NULL AND kind = ANY(%(kinds)s) AND state = ANY(%(open)s)
ORDER BY asked_at DESC, id DESC
"""


def household_context(user: User, assisted_session: AssistedSession | None) -> HouseholdContext | None:
    """The household of whom this request is about, or that person alone; None without a person."""
    subject = subject_for(user, assisted_session)
    if subject is None:
        return None
    home = household_of(subject)
    return HouseholdContext(
        home=home,
        members=members_of(home) if home else alone(subject),
        subject=subject,
        at_counter=assisted_session is not None,
        tells_death=assisted_session is not None and assisted_session.reason == TELL_DEATH,
    )


def changes_of(person: Person) -> list[ChangeRequest]:
    """What this person asked for, newest first. Not what other members asked: a wife who leaves informs the
    commune, and her husband must not read it."""
    own = Q(person=person, kind__in=DEATHS)  # others told it, at the office
    return list(
        ChangeRequest.objects.filter(asked_for=person).exclude(own).order_by("-asked_at", "-pk")[:MOST]
    )


def changes_to_document(person: Person) -> list[ChangeRequest]:
    """What this person asked for and that waits for a document of theirs."""
    return [
        one
        for one in _to_do(person)
        if one.state == ChangeRequest.State.MORE_ASKED and one.asked_for_id == person.pk
    ]


def moves_of(person: Person) -> list[ChangeRequest]:
    """Open requests of others that would move this person, or a child of their household: those waiting to be
    confirmed, and those confirmed, which may be withdrawn until the commune decides."""
    waiting = [
        one
        for one in _to_do(person)
        if one.mover_id and one.is_open and one.confirmation != ChangeRequest.Confirmation.OWN
    ]
    if not waiting:  # usually
        return []
    # For whom this person confirms a move: themself, and as head of household its children.
    beside = _beside(person)
    movers = {person.pk, *(children_for_consent(beside) if len(beside) > 1 else ())}
    return [one for one in waiting if one.mover_id in movers]


@cached_per_request
def _to_do(person: Person) -> list[ChangeRequest]:
    """What this person asked and must complete, what would move them or a member for whom they may speak, and
    what would change their household. Every page of a citizen needs it, so it is cached per request and raw
    SQL: the ORM takes five times as long to build the query as PostgreSQL to run it."""
    home = household_of(person)
    asked = {
        "person": person.pk,
        "more_asked": ChangeRequest.State.MORE_ASKED,
        "open": list(ChangeRequest.OPEN_STATES),
        "movers": [one.pk for one in _beside(person)],
        "home": home and home.pk,
        "kinds": codes_of(lambda kind: kind.is_heard),
    }
    return list(ChangeRequest.objects.raw(TO_DO, asked))


def changes_of_home(person: Person) -> list[ChangeRequest]:
    """Open requests for the whole household that somebody else of it asked for, or an official for them. Of
    somebody who lives in none, those about themselves."""
    home = household_of(person)
    return [
        one
        for one in _to_do(person)
        if one.household_id == (home.pk if home else None)
        and KINDS[one.kind].is_heard
        and one.is_open
        and (one.asked_for_id != person.pk or one.assisted_session_id is not None)
    ]


def past_move_of(user: User, person: Person, reference: str) -> ChangeRequest | None:
    """A request of others that this person was asked to confirm, decided or taken back since; of a child, for
    whoever said no to it."""
    cleaned = clean_reference(reference, PREFIX)
    rows = ChangeRequest.objects.filter(Q(mover=person) | Q(mover__isnull=False, decided_by=user))
    rows = rows.exclude(state__in=ChangeRequest.OPEN_STATES).exclude(asked_for=person).exclude(asked_by=user)
    return rows.filter(reference=cleaned).first() if cleaned else None


def _beside(person: Person) -> list[Person]:
    """Whom this person may speak for, however old they are: of whoever leads a household, all members."""
    household = household_of(person)
    members = members_of(household) if household else []
    heads = bool(members) and members[0].person_id == person.pk
    return [one.person for one in members] if heads else [person]


def change_of(user: User, assisted_session: AssistedSession | None, reference: str) -> ChangeRequest | None:
    subject, cleaned = subject_for(user, assisted_session), clean_reference(reference, PREFIX)
    if subject is None or cleaned is None:
        return None
    rows = ChangeRequest.objects.select_related("household", "person", "asked_by", "decided_by")
    return rows.filter(reference=cleaned, asked_for=subject).first()


def changes_to_decide(user: User) -> QuerySet[ChangeRequest]:
    """Those an official's area decides; of a steward, those that an official entered for somebody."""
    waiting = ChangeRequest.objects.filter(state__in=ChangeRequest.OPEN_STATES)
    waiting = waiting.select_related("village", "person", "household", "asked_by", "assignee")
    waiting = waiting.order_by("asked_at", "pk")
    if user.is_active and user.is_official and user.area_code:
        return waiting.filter(
            Q(village__code__startswith=user.area_code)
            | Q(old_village__code__startswith=user.area_code, mover__isnull=False, confirmation="")
            | Q(
                old_village__code__startswith=user.area_code,
                kind__in=codes_of(lambda kind: kind.moves_home),
            )
        )
    if user.is_active and user.is_steward:
        return waiting.filter(for_stewards() | Q(mover__isnull=False, confirmation=""))
    return waiting.none()


def for_stewards() -> Q:
    """Those that a steward may decide, as ``may_decide`` says of one."""
    objected = Exists(ChangeEvent.objects.filter(step=OBJECT, request=OuterRef("pk"))) | Exists(
        _lately(OuterRef("household"), OuterRef("kind"), OuterRef("person"), OuterRef("asked_by"))
    )
    return Q(asked_by__role=Role.OFFICIAL) | Q(objected)


def document_came_among(requests: Iterable[ChangeRequest]) -> set[int]:
    """Those of them that wait for the commune again because the document it asked for was sent."""
    waiting = [one.pk for one in requests if one.state == ChangeRequest.State.WAITING]
    came = ChangeEvent.objects.filter(request__in=waiting, step=DOCUMENT)
    return set(came.values_list("request", flat=True))


def change_for_staff(user: User, reference: str) -> ChangeRequest | None:
    """By its reference: any request in the user's list, and any that they may decide."""
    cleaned = clean_reference(reference, PREFIX)
    listed = changes_to_decide(user).filter(reference=cleaned).first() if cleaned else None
    return listed or change_to_decide(user, reference)


def change_to_decide(user: User, reference: str) -> ChangeRequest | None:
    """By its reference; also one that was decided meanwhile, so that the second decider learns of it."""
    cleaned = clean_reference(reference, PREFIX)
    rows = ChangeRequest.objects.select_related(
        "household__village", "person", "asked_by", "asked_for", "village", "mover", "old_village"
    )
    found = rows.filter(reference=cleaned).first() if cleaned else None
    return found if found is not None and may_decide(user, found) else None


MOVER, OLD_COMMUNE = "mover", "old_commune"


def waits_for(request: ChangeRequest) -> str:
    """Whose confirmation is missing: ``MOVER``, ``OLD_COMMUNE``, or nobody's."""
    if request.mover is None or request.confirmation or not request.is_open:
        return ""
    return MOVER if confirmation_contact(request.mover)[0] else OLD_COMMUNE


def may_answer_for_mover(user: User, request: ChangeRequest) -> bool:
    """Staff of the old commune or its district, or a steward; not of the commune that takes the mover in."""
    if not user.is_active or request.old_village_id is None:
        return False
    if user.is_official and user.area_code:
        one_commune = len(user.area_code) >= COMMUNE and request.village_id.startswith(user.area_code)
        return request.old_village_id.startswith(user.area_code) and not one_commune
    return user.is_steward


def may_need_confirmation(request: ChangeRequest) -> bool:
    """Whether a confirmation is missing, as far as everybody may know: for a newcomer entered by SPID or
    document it does not reveal whether they match a person."""
    if not request.is_open or request.confirmation:
        return False
    return _newcomer_entered(request) or request.mover_id is not None


def _newcomer_entered(request: ChangeRequest) -> bool:
    answers = request.answers
    if not KINDS[request.kind].takes_in(answers):
        return False
    known, document = answers.get("known", {}), answers.get("document", {})
    return known.get("has_spid") == "yes" or bool(document.get("document_number"))


def sees_mover(user: User, request: ChangeRequest) -> bool:
    """Who is moved is shown to their old commune, its district and stewards; to who asked and to the new
    commune only after the confirmation."""
    if request.mover_id is None:
        return False
    if request.confirmation or not _newcomer_entered(request):
        return True
    return may_answer_for_mover(user, request) and request.asked_by_id != user.pk


def move_to_answer(user: User, reference: str) -> ChangeRequest | None:
    """By its reference, a request that moves somebody, or may: for staff of either commune."""
    cleaned = clean_reference(reference, PREFIX)
    rows = ChangeRequest.objects.select_related(
        "household__village", "person", "asked_by", "asked_for", "village", "mover__account", "old_village"
    )
    found = rows.filter(reference=cleaned).first() if cleaned else None
    if found is None or not (found.mover_id or _newcomer_entered(found)):
        return None
    if not (may_decide(user, found) or may_answer_for_mover(user, found)):
        return None
    return found


def may_decide(user: User, request: ChangeRequest) -> bool:
    """Officials of its area, and stewards. That nobody decides what they entered is checked separately."""
    if not user.is_active:
        return False
    if user.is_official:
        return bool(user.area_code) and request.village_id.startswith(user.area_code)
    by_official = request.asked_by.role == Role.OFFICIAL
    return user.is_steward and (by_official or is_objected(request))


def is_objected(request: ChangeRequest) -> bool:
    """To this request, or lately to another one of the same."""
    return is_objected_itself(request) or bool(objected_before(request))


@cached_per_request
def is_objected_itself(request: ChangeRequest) -> bool:
    return request.events.filter(step=OBJECT).exists()


def objected_among(requests: Iterable[ChangeRequest]) -> set[int]:
    steps = ChangeEvent.objects.filter(step=OBJECT, request__in=[one.pk for one in requests])
    return set(steps.values_list("request", flat=True))


def is_of_commune(user: User) -> bool:
    return user.is_official and len(user.area_code) >= COMMUNE


def is_left_to_district(request: ChangeRequest, user: User) -> bool:
    """The commune neither decides nor reads what somebody objected to."""
    return is_of_commune(user) and is_objected_itself(request)


@cached_per_request
def objected_before(request: ChangeRequest) -> list[str]:
    """References of other requests of the same, to which somebody else than this asker lately objected."""
    found = _lately(request.household_id, request.kind, request.person_id, request.asked_by_id)
    others = found.exclude(request=request.pk).order_by("request__reference")
    return list(others.values_list("request__reference", flat=True).distinct())


def same_change(request: ChangeRequest) -> QuerySet[ChangeRequest]:
    """Requests of that kind for that household; of somebody without one, about that person."""
    same, home = ChangeRequest.objects.filter(kind=request.kind), request.household_id
    if home is None:
        return same.filter(household=None, person=request.person_id)
    return same.filter(household=home)


def _lately(household: Any, kind: Any, person: Any, asker: Any) -> QuerySet[ChangeEvent]:
    """Recent objections to requests of that kind about that person, or about the household as a whole."""
    same = ChangeEvent.objects.filter(
        Q(request__person=person) | Q(request__person=None),
        Q(request__household=household) | Q(request__household=None),  # then it is of that person
        step=OBJECT,
        request__kind=kind,
    )
    return same.filter(at__gt=timezone.now() - OBJECTED).exclude(actor=asker)


def death_recorded_by(person: Person) -> ChangeRequest | None:
    """The latest request by which a death of this person was recorded."""
    applied = ChangeRequest.objects.filter(person=person, state=ChangeRequest.State.APPLIED)
    deaths = applied.filter(kind__in=DEATHS)
    return deaths.order_by("-decided_at").first()


def is_reported_dead(person: Person) -> bool:
    """Whether a report of their death waits to be decided."""
    waiting = ChangeRequest.objects.filter(state__in=ChangeRequest.OPEN_STATES)
    return waiting.filter(person=person, kind__in=DEATHS).exists()


def change_draft(owner: User, assisted_session: AssistedSession | None, kind: str) -> ChangeDraft | None:
    mine = {"assisted_session_id": assisted_session.pk} if assisted_session else {"assisted_session_id": None}
    return ChangeDraft.objects.filter(owner=owner, kind=kind, **mine).select_related("request").first()


def drafts_of_changes(owner: User, assisted_session: AssistedSession | None) -> set[str]:
    """The kinds somebody has begun and not sent."""
    mine = {"assisted_session_id": assisted_session.pk} if assisted_session else {"assisted_session_id": None}
    drafts = ChangeDraft.objects.filter(owner=owner, request=None, **mine)
    return set(drafts.values_list("kind", flat=True))
