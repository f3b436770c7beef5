from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_otp.oath import totp

from dsp_platform.accounts.models import TOTPDevice


class Command(BaseCommand):
    help = "The code that the authenticator app of one of the demonstration's staff shows now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only in the demonstration.")
        device = TOTPDevice.objects.filter(user__username=options["username"], confirmed=True).first()
        if device is None:
            raise CommandError("Nobody with an authenticator app is called that.")
        self.stdout.write(f"{totp(device.bin_key):06}")
