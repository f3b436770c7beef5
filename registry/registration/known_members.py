"""Members of a household who were registered before: that they agreed, and what their record takes over."""

from collections.abc import Sequence

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.notifications import services as notifications
from registry.changes.moves.services import is_asked_in_person
from registry.changes.moves.terms import registration_terms
from registry.errors import MoverConfirmationNeeded
from registry.models import KeySetup, MoverConfirmation, Person
from registry.persons.details import HouseholdDetails
from registry.persons.recognition import MemberEntry
from registry.persons.writer import PersonWriter
from registry.phones.keys import note_setup
from registry.phones.selectors import confirmation_contact


def require_confirmation(
    members: Sequence[MemberEntry], details: HouseholdDetails, assisted_session: AssistedSession | None
) -> None:
    """A person registered before must have consented to exactly these terms, by the phone that was on record.

    Who has no such phone and was never in a household, or lost theirs by a merge, is there, with a document
    that the official checked. Others without such a phone are not asked: the commune they lived in ended
    their membership.
    """
    for index, member in enumerate(members):
        if not member.known:
            continue
        before = Person.objects.select_related("account").get(pk=member.person.pk)
        terms = registration_terms(details, index, before)
        agreed = (
            assisted_session is not None
            and MoverConfirmation.objects.filter(
                assisted_session_id=assisted_session.pk, person=before, terms=terms.digest
            ).exists()
        )
        is_asked = confirmation_contact(before)[0] or is_asked_in_person(before)
        if is_asked and not agreed:
            raise MoverConfirmationNeeded(member=index, person_id=before.pk)


def update_known(writer: PersonWriter, member: MemberEntry, actor: User) -> None:
    """Notes who set up the record (a conflict of interest) and notifies a replaced phone number.

    A number typed for somebody whom nobody could ask stays off their record: it would speak for them.
    """
    person, before = member.person, member.person.phone
    values = {**member.values, "phone": before} if is_asked_in_person(person) else member.values
    writer.update_person(person, **values)
    if actor.is_official:
        note_setup(person=person, official=actor, kind=KeySetup.Kind.REGISTRATION)
    if before and before != person.phone:
        notifications.send(
            phone=before,
            language=person.language,
            template="details_changed",
            params={},
            subject_kind="person",
            subject_id=person.pk,
        )
