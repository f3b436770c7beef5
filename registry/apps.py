from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    label = "registry"
    verbose_name = _("Social Protection Registry")

    def ready(self) -> None:
        for part in ("registrations", "life_events.checks", "retention", "anonymised"):
            import_module(f"{self.name}.{part}")
