"""Reading a request: its limits, and which bodies are refused before they are read."""

import copy
import re
import time
from typing import Any

from django.conf import settings
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error, RequestEntityTooLarge

from dsp_platform.web.addresses import address_behind_proxy, network_of
from dsp_platform.web.file_pages import size_setting
from dsp_platform.webserver import large_bodies
from dsp_platform.webserver.large_bodies import BodySlots, LargeBody
from dsp_platform.webserver.refusals import Busy, SignInFirst, TooLarge

# The head must arrive within this time; a body at this rate on average, after its first minute.
HEAD_SECONDS = 10
BODY_SECONDS = 60
MIN_BYTES_PER_SECOND = 1000
# Only pages that take files have large bodies, so that no disk is filled.
MEGABYTE = 1024 * 1024
SMALL_BODY, LARGE_BODY = MEGABYTE, 101 * MEGABYTE
# A longer body is buffered in a file, not in memory, and needs a slot.
SPOOL_BYTES = 64 * 1024

large_body_slots = large_bodies.BodySlots()
smaller_body_slots = large_bodies.BodySlots(
    large_bodies.MAX_SMALLER_BODIES, large_bodies.MAX_SMALLER_BODIES_PER_NETWORK
)


class Request(HTTPRequestParser):
    adj: Any
    error: Error | None
    completed: bool
    body: LargeBody | None = None
    is_large = False

    def __init__(self, adj: Any, peer: str = "") -> None:
        super().__init__(adj)
        self.peer, self.begun = peer, time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a length of thousands of digits
            raise ParsingError("a header is no number") from error
        if not size_setting(self.path):
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = SMALL_BODY

    def received(self, data: bytes) -> int:
        in_head = not self.headers_finished
        consumed = int(super().received(data))
        if in_head and self.headers_finished and not self.error and self.body_rcv is not None:
            # Refuse a large body before it is read. One with a wrong length is refused while it is read.
            length = int(self.adj.max_request_body_size if self.chunked else self.content_length)
            self.is_large = length > SMALL_BODY
            if self.is_large and not self._has_session():
                self.refuse(SignInFirst(self.path))
            elif length > SPOOL_BYTES:
                address = address_behind_proxy(self.peer, self.headers.get("X_FORWARDED_FOR"))
                self.body = LargeBody(network_of(address), length)
                if not self._slots.acquire(self.body):
                    self.refuse(Busy())
        if self.body:
            self.body.received, self.body.is_complete = self.body_bytes_received, self.completed
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = TooLarge()
        if self.error:
            # With "100 Continue" it would be read to its end all the same. What follows is no request.
            self.expect_continue, consumed = False, len(data)
        return consumed

    @property
    def _slots(self) -> BodySlots:
        return large_body_slots if self.is_large else smaller_body_slots

    def _has_session(self) -> bool:
        """Whether there is a session cookie; Django verifies it later."""
        for cookie in re.split("[;,]", self.headers.get("COOKIE", "")):
            name, _is, value = cookie.partition("=")
            if name.strip() == settings.SESSION_COOKIE_NAME and value.strip():
                return True
        return False

    def refuse(self, error: Error) -> None:
        self.error, self.completed = error, True
        self.release_slot()

    def release_slot(self) -> None:
        if self.body:
            self._slots.release(self.body)

    def close(self) -> None:
        self.release_slot()
        super().close()

    def is_late(self) -> bool:
        passed = time.monotonic() - self.begun
        if not self.headers_finished:
            return passed > HEAD_SECONDS
        if self.is_large:
            return self.body is not None and self.body.is_late
        return not self.completed and passed > BODY_SECONDS + self.body_bytes_received / MIN_BYTES_PER_SECOND
