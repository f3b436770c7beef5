"""Made-up phone numbers: who shared one shares one, in all tables."""

import random

from django.db import connection

from dsp_platform.accounts.models import User
from dsp_platform.database.anonymising import history_table
from registry.anonymising.numbers import PAGE, write
from registry.models import Person

# Numbers of a valid shape, for ten million people. A copy sends nothing to them.
PREFIX = "+85518"


def replace_phones(key: str) -> None:
    tables = [User._meta.db_table, Person._meta.db_table, *filter(None, [history_table(Person)])]
    union = " UNION ".join(f'SELECT phone FROM "{table}"' for table in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT phone FROM ({union}) known WHERE phone <> ''")  # noqa: S608
        known = [phone for (phone,) in cursor.fetchall()]
    random.Random(key).shuffle(known)  # noqa: S311  # the order, which nobody can tell without the key
    for start in range(0, len(known), PAGE):
        page = known[start : start + PAGE]
        # First what is no number, as a new one may be somebody's old one.
        new = [f"#{start + place:07d}" for place, _phone in enumerate(page)]
        for table in tables:
            write(table, "phone", page, new)
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE \"{table}\" SET phone = %s || substr(phone, 2) WHERE phone LIKE '#%%'",  # noqa: S608
                [PREFIX],
            )
