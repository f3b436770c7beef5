import pghistory
from django.db import transaction

from dsp_platform.accounts.models import User
from registry.errors import AlreadyRegistered
from registry.models import Person


def link_account(*, person: Person, account: User) -> None:
    """The holder of the account is this person. AlreadyRegistered when one of them has another already."""
    with transaction.atomic(), pghistory.context(why="link_account"):
        User.objects.select_for_update(no_key=True).get(pk=account.pk)
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        taken = Person.objects.filter(account=account).exclude(pk=person.pk).exists()
        if taken or person.account_id not in (None, account.pk):
            raise AlreadyRegistered(member=0)
        person.account = account
        person.save(update_fields=["account"])
