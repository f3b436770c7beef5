from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "dsp_platform.casework"
    label = "casework"
    verbose_name = _("Casework")

    def ready(self) -> None:
        import_module(f"{self.name}.audit_actions")
