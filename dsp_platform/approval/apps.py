from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalConfig(AppConfig):
    name = "dsp_platform.approval"
    label = "approval"
    verbose_name = _("Two people")

    def ready(self) -> None:
        import_module(f"{self.name}.audit_actions")
