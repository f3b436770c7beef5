from typing import ClassVar

from dsp_platform.notifications.models import DemoMessage
from dsp_platform.notifications.providers.contract import Receipt


class DemoPhone:
    """The phone of the demo: a page that shows what every number received."""

    name: ClassVar[str] = "demo"

    def send(self, phone: str, text: str) -> Receipt:
        message = DemoMessage.objects.create(phone=phone, text=text)
        return Receipt(reference=str(message.pk))
