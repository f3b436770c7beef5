from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    name = "dsp_platform.uploads"
    label = "uploads"
    verbose_name = _("Documents")

    def ready(self) -> None:
        for part in ("audit_actions", "checks"):
            import_module(f"{self.name}.{part}")
