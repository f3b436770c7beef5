from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dsp_platform.translations.catalogue import compile_all, problems, update
from dsp_platform.translations.extraction import extract

# Strings in the code are English, so only Khmer has a catalogue.
LANGUAGE = "km"


def folders() -> list[str]:
    """In which strings stand: our packages, and the templates."""
    packages = {app.name.partition(".")[0] for app in apps.get_app_configs()}
    return [*sorted(one for one in packages if (settings.BASE_DIR / one).is_dir()), "templates"]


class Command(BaseCommand):
    help = "Khmer translations: extract strings from the code, check them, compile them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "compile":
            for path in compile_all(settings.LOCALE_PATHS):
                self.stdout.write(f"compiled {path.relative_to(settings.BASE_DIR)}")
            return
        found = extract(settings.BASE_DIR, folders())
        path = Path(settings.LOCALE_PATHS[0]) / LANGUAGE / "LC_MESSAGES" / "django.po"
        if act == "extract":
            catalog = update(path, LANGUAGE, found)
            self.stdout.write(f"{len(catalog)} strings in {path.relative_to(settings.BASE_DIR)}")
        elif lines := problems(path, LANGUAGE, found):
            raise CommandError("\n".join(lines))
