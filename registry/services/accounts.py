import pghistory
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from registry.errors import NotClaimed
from registry.models import Person
from registry.spid import clean_spid


def claim_person(*, account: User, spid: str) -> Person:
    """Somebody registered at the counter signed in: from now on this is the account of that person.

    It takes the phone that was told at the registration, proved by signing in, and the SPID from the
    slip: a number that went to a new owner opens nothing. Raises NotClaimed.
    """
    with transaction.atomic(), pghistory.context(why="claim_person"):
        User.objects.select_for_update(no_key=True).get(pk=account.pk)
        person = (
            Person.objects.select_for_update(no_key=True)
            .filter(spid=clean_spid(spid) or "", phone=account.phone or "-", merged_into=None)
            .first()
        )
        if person is None or not account.is_citizen or not account.is_active:
            raise NotClaimed
        if person.account_id != account.pk:
            if person.account_id is not None or Person.objects.filter(account=account).exists():
                raise NotClaimed
            person.account = account
            person.save(update_fields=["account"])
            audit.record(actor=account, action="claim", subject_kind="person", subject_id=person.pk)
        return person
