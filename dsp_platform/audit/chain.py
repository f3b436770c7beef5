"""Verifies the hash chains of the audit: each row contains the hash of the previous row in its chain.

The rows are chained by a trigger (``audit_chain_row``) and verified here without the database's own
functions, which the owner of the database could have changed. Signed chain heads that were exported earlier
reveal rows deleted since, and a chain that was computed again.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from dsp_platform.audit.models import ChainHead

PAGE = 5000
# Serialised as by audit_said() of the database.
ROWS = """
SELECT event.chain, event.sequence, event.previous, event.hash, event.id,
    event.chain, event.sequence::text, event.id::text,
    to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), event.actor_id::text, event.action,
    event.subject_kind, event.subject_id::text, event.reason, event.assisted_session_id::text,
    event.details::text
FROM audit_auditevent event WHERE {which}
"""


class Row(NamedTuple):
    chain: str
    sequence: int
    previous: bytes
    hash: bytes
    id: int
    content: bytes
    day: str  # of its time

    def hash_after(self, previous: bytes) -> bytes:
        return hashlib.sha256(previous + self.content).digest()


class Head(NamedTuple):
    chain: str
    sequence: int
    hash: bytes


class UnsignedHeads(Exception):
    """The message says what is wrong with the file or the key."""


def _rows(which: str, parameters: list[Any]) -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(ROWS.format(which=which), parameters)
        while page := cursor.fetchmany(PAGE):
            for chain, sequence, previous, digest, number, *values in page:
                text = json.dumps(values, ensure_ascii=False)
                yield Row(
                    chain, sequence, bytes(previous), bytes(digest), number, text.encode(), values[3][:10]
                )


def verify(since: date | None = None, heads: Iterable[Head] = ()) -> Iterator[str]:
    """Problems found, in words. ``heads`` were exported earlier. All rows are read in one snapshot."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ends = {head.chain: Head(*head) for head in _stored_heads()}
        yield from _verify_chains(ends, since, {(head.chain, head.sequence): head.hash for head in heads})


def _stored_heads() -> list[Head]:
    stored = ChainHead.objects.order_by("chain").values_list("chain", "sequence", "hash")
    return [Head(chain, sequence, bytes(digest)) for chain, sequence, digest in stored]


def _verify_chains(
    ends: Mapping[str, Head], since: date | None, exported: dict[tuple[str, int], bytes]
) -> Iterator[str]:
    first = since.isoformat() if since else ""
    last: dict[str, Head] = {}
    for row in _rows("event.chain >= %s ORDER BY event.chain, event.sequence", [first]):
        before = last.get(row.chain) or Head(row.chain, 0, hashlib.sha256(row.chain.encode()).digest())
        yield from _verify_row(row, before, exported.pop((row.chain, row.sequence), None))
        # Continue from the stored hash: one change is reported once.
        last[row.chain] = Head(row.chain, row.sequence, row.hash)
    for chain, end in ends.items():
        if chain >= first and last.get(chain, Head(chain, 0, b"")) != end:
            reached = last[chain].sequence if chain in last else 0
            yield f"Chain {chain} ends at {reached}, and its end was noted at {end.sequence}."
    for chain in sorted(last.keys() - ends.keys()):
        yield f"Chain {chain} has rows, and its end is not noted."
    yield from _missing_chains({*last, *(chain for chain in ends if chain >= first)})
    for chain, sequence in sorted(exported):
        if sequence and chain >= first:
            yield f"Chain {chain} was exported up to row {sequence}, which is not there."


def _missing_chains(chains: Iterable[str]) -> Iterator[str]:
    """A transaction takes the first free chain number, so the numbers of a day have no gaps.

    Except for a rolled back transaction that was alone on its number that day, while another one held the
    next number.
    """
    days: dict[str, set[int]] = {}
    for chain in chains:
        day, _slash, number = chain.partition("/")
        if number.isdecimal():
            days.setdefault(day, set()).add(int(number))
    for day, numbers in sorted(days.items()):
        for gone in sorted(set(range(max(numbers))) - numbers):
            yield (
                f"Chain {day}/{gone} is not there, and one with a higher number is: it was removed, or "
                "what was to begin it was undone. Compare with exported heads."
            )


def _verify_row(row: Row, before: Head, exported: bytes | None) -> Iterator[str]:
    name = f"Row {row.id} (chain {row.chain}, number {row.sequence})"
    if row.sequence != before.sequence + 1:
        yield f"{name} follows number {before.sequence}: what was between them is gone."
    elif row.previous != before.hash:
        yield f"{name} does not follow the row before it."
    if row.hash != row.hash_after(row.previous):
        yield f"{name} was changed."
    day = date.fromisoformat(row.day)
    if row.chain[:10] not in {(day + timedelta(days=days)).isoformat() for days in (-1, 0, 1)}:
        yield f"{name} says that it was written on {row.day}."
    if exported is not None and exported != row.hash:
        yield f"{name} is another than the exported one."


def _signature(heads: list[list[Any]]) -> str:
    if len(settings.AUDIT_SIGNING_KEY) < 32:
        raise UnsignedHeads("AUDIT_SIGNING_KEY must be set to at least 32 characters.")
    message = json.dumps(heads, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(settings.AUDIT_SIGNING_KEY.encode(), message, hashlib.sha256).hexdigest()


def export() -> str:
    """The heads of all chains as signed JSON, to be kept where the database's administrators cannot write."""
    heads = [[chain, sequence, digest.hex()] for chain, sequence, digest in _stored_heads()]
    return json.dumps({"heads": heads, "signature": _signature(heads)}, indent=1)


def read_export(text: str) -> list[Head]:
    """Raises UnsignedHeads."""
    try:
        given = json.loads(text)
        heads, signature = given["heads"], str(given["signature"])
        read = [Head(str(chain), int(sequence), bytes.fromhex(digest)) for chain, sequence, digest in heads]
    except (ValueError, TypeError, KeyError):
        raise UnsignedHeads("This is no file of `export_audit_heads`.") from None
    if not hmac.compare_digest(signature, _signature(heads)):
        raise UnsignedHeads("The signature is not of this file and AUDIT_SIGNING_KEY.")
    return read
