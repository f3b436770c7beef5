from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkingDaysConfig(AppConfig):
    name = "dsp_platform.working_days"
    label = "working_days"
    verbose_name = _("Working days")

    def ready(self) -> None:
        for part in ("approvals", "audit_actions"):
            import_module(f"{self.name}.{part}")
