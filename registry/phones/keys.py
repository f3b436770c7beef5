"""Records who set up an account or phone of a person, a conflict of interest
(``registry.persons.conflicts``), and which number a person reported as lost."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.notifications import services as notifications
from registry.models import KeySetup, LostNumber, Person
from registry.persons.writer import lock_person_row
from registry.phones.selectors import other_confirmation_phone, was_set_up


def note_setup(*, person: Person, official: User, kind: KeySetup.Kind) -> None:
    """Nothing is recorded of a citizen's own act."""
    if not official.is_citizen:
        KeySetup.objects.create(person=person, official=official, kind=kind)


@transaction.atomic
def report_lost(*, account: User) -> bool:
    """Report the number on record, where it still consents for the person besides their account, as lost.

    It is notified, and loses this role after 7 days. False without such a number, or if reported before. The
    caller has checked a fresh proof. Raises PermissionDenied, also while an account or phone set up by an
    official is recent: two officials must replace the number then.
    """
    own = Person.objects.filter(account=account).first()
    if own is None or not (account.is_citizen and account.is_active):
        raise PermissionDenied
    person = lock_person_row(own)
    if person.account_id != account.pk or not person.is_current or was_set_up(person):
        raise PermissionDenied
    phone = other_confirmation_phone(person)
    if not phone or person.lost_numbers.filter(phone=phone).exists():
        return False
    LostNumber.objects.create(person=person, phone=phone)
    audit.record(actor=account, action="lost_number", subject_kind="person", subject_id=person.pk)
    notifications.send(
        phone=phone,
        language=person.language,
        template="number_lost",
        params={},
        subject_kind="person",
        subject_id=person.pk,
    )
    return True
