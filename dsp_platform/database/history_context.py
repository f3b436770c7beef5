"""Why rows were written, by whom and by which door: what the events of the history tell beside the values."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from uuid import UUID, uuid4

import pghistory
from pghistory import runtime


class Actor(Protocol):
    @property
    def pk(self) -> Any: ...


@contextmanager
def history_context(
    why: str, *, actor: Actor | None = None, pk: UUID | None = None, **facts: str
) -> Iterator[None]:
    """All that is written in the block has one context: ``why``, the key of ``actor``, and ``facts``, such as
    the reference of the request. The outermost block says why: what is written within it follows from that.
    No personal data in ``facts``. ``pk``: of a context that several transactions have in common.
    """
    with pghistory.context() as outer:
        if "why" in outer.metadata:
            yield
            return
        named = {"actor": actor.pk} if actor is not None else {}
        # A context of its own: one request may do two things for two reasons.
        runtime._tracker.value = runtime.Context(
            pk or uuid4(), {**outer.metadata, "why": why, **named, **facts}
        )
        try:
            yield
        finally:
            runtime._tracker.value = outer


def history_facts(**facts: str) -> pghistory.context:
    """Known after the block began, or before it: used as a function within a block, or as a block around."""
    return pghistory.context(**facts)
