"""Print the signed heads of the audit's chains, to be kept elsewhere: see docs/guides/operations.md."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from dsp_platform.audit import chain


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(chain.export())
        except chain.UnsignedHeads as error:
            raise CommandError(str(error)) from None
