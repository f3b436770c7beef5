from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "dsp_platform.jobs"
    label = "jobs"
    verbose_name = _("Long work")

    def ready(self) -> None:
        import_module(f"{self.name}.audit_actions")
