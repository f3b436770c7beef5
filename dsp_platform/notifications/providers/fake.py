"""Three providers for tests and demonstrations: one accepts, one refuses, one is down."""

from typing import ClassVar

from dsp_platform.notifications.providers.contract import MessageRefused, Receipt, Unreachable


class Accepts:
    name: ClassVar[str] = "fake_accepts"
    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, phone: str, text: str) -> Receipt:
        self.sent.append((phone, text))
        return Receipt(reference=str(len(self.sent)))


class Refuses:
    name: ClassVar[str] = "fake_refuses"

    def send(self, phone: str, text: str) -> Receipt:
        raise MessageRefused("number_not_served")


class Crashes:
    name: ClassVar[str] = "fake_crashes"

    def send(self, phone: str, text: str) -> Receipt:
        raise Unreachable
