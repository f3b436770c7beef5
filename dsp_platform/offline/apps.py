from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfflineConfig(AppConfig):
    name = "dsp_platform.offline"
    label = "offline"
    verbose_name = _("Work offline")

    def ready(self) -> None:
        for name in ("checks", "kept"):
            import_module(f"{self.name}.{name}")
