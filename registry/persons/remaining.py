"""Records that became an alias while somebody was about to write to them."""

from django.db import transaction

from registry.models import Person
from registry.persons.writer import lock_person


class _IsAlias(Exception):
    pass


def lock_remaining(person: Person) -> Person:
    """As ``lock_person``, but the record that remains, where the person was merged while we waited.

    The locks of the alias are let go first, with their savepoint: a merge locks households before persons.
    """
    try:
        with transaction.atomic():
            locked = lock_person(person)
            if locked.merged_into_id is not None:
                raise _IsAlias
            return locked
    except _IsAlias:
        return lock_remaining(Person.objects.get(pk=locked.merged_into_id))
