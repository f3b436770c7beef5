import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dsp_platform.exchange.adapters.camdx_settings import camdx_settings
from dsp_platform.exchange.adapters.envelope import BadKey, Signer


class Command(BaseCommand):
    help = "Print the key set by which operators verify our messages over CamDX. It holds no secret."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            signer = Signer(camdx_settings().signing_key)
        except BadKey:
            raise CommandError("CAMDX_SIGNING_KEY must name a private key in PEM.") from None
        self.stdout.write(json.dumps({"keys": [signer.public()]}, indent=2))
