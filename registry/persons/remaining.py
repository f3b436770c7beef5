"""Records that became an alias while somebody was about to write to them."""

from django.db import transaction

from registry.models import Person
from registry.persons.writer import lock_person


class _IsAlias(Exception):
    def __init__(self, remaining: Person) -> None:
        super().__init__()
        self.remaining = remaining


def lock_remaining(person: Person) -> Person:
    """As ``lock_person``, but the record that remains, where the person was merged while we waited.

    The locks of the alias are let go first, with their savepoint: a merge locks households before persons.
    """
    try:
        with transaction.atomic():
            locked = lock_person(person)
            if locked.merged_into is None:
                return locked
            raise _IsAlias(locked.merged_into)
    except _IsAlias as alias:
        return lock_remaining(alias.remaining)
