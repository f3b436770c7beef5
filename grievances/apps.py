from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrievancesConfig(AppConfig):
    name = "grievances"
    label = "grievances"
    verbose_name = _("Grievances")

    def ready(self) -> None:
        for part in ("registrations", "retention", "anonymised"):
            import_module(f"{self.name}.{part}")
