"""Writes down who set up a key of a person, by which ``selectors.conflict`` keeps them from deciding; and
which number the person has no more."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.notifications import services as notifications
from registry.models import KeySetup, LostNumber, Person
from registry.phones.selectors import speaks_beside, was_set_up


def note_setup(*, person: Person, official: User, kind: KeySetup.Kind) -> None:
    """A citizen's own act is nobody's setup."""
    if not official.is_citizen:
        KeySetup.objects.create(person=person, official=official, kind=kind)


@transaction.atomic
def say_lost(*, account: User) -> bool:
    """The number that speaks for the account's person beside the account does so no more, from a week on: it
    is told. False without one, or where it was said before.

    Only for who was proved anew just now. Raises PermissionDenied, also while an account or phone that an
    official set up is young: that a number is lost is then said by two officials.
    """
    rows = Person.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    person = rows.filter(account=account, merged_into=None, died_on=None).first()
    if person is None or not (account.is_citizen and account.is_active) or was_set_up(person):
        raise PermissionDenied
    phone = speaks_beside(person)
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
