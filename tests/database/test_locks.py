import re

import pytest
from django.db import connection, transaction

from dsp_platform.database import locks
from dsp_platform.database.locks import LockName
from tests.packages import BASE, PACKAGES

# A trigger's, in the key space of two integers.
CHAIN = "dsp_platform/audit/migrations/sql/chain.sql"


def sources() -> dict[str, str]:
    paths = (path for package in PACKAGES for path in (BASE / package).rglob("*"))
    return {str(path.relative_to(BASE)): path.read_text() for path in paths if path.suffix in (".py", ".sql")}


def test_no_two_names_share_a_lock():
    assert len({locks.number_of(name, "key") for name in LockName}) == len(LockName)
    assert locks.number_of(LockName.PHONE, "1") != locks.number_of(LockName.PHONE, "2")


def test_advisory_locks_are_taken_in_one_module_only():
    taken = {name for name, text in sources().items() if re.search("pg_(try_)?advisory", text)}
    assert taken == {CHAIN, "dsp_platform/database/locks.py"}


def test_every_name_is_used():
    used = {name for text in sources().values() for name in re.findall(r"LockName\.([A-Z_]+)", text)}
    assert used == set(LockName.__members__)


def test_a_lock_needs_a_transaction():
    with pytest.raises(RuntimeError):
        locks.lock(LockName.PHONE, "1")


@pytest.mark.django_db(transaction=True)
def test_who_does_not_wait_is_told_at_once_that_the_lock_is_taken():
    number = [locks.number_of(LockName.ALERTS)]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", number)
            with transaction.atomic():
                assert locks.try_lock(LockName.ALERTS) is False
                assert locks.try_lock(LockName.ALERTS, "another key") is True
            cursor.execute("SELECT pg_advisory_unlock(%s)", number)
            with transaction.atomic():
                assert locks.try_lock(LockName.ALERTS) is True
    finally:
        other.close()
