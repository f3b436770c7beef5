from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "dsp_platform.notifications"
    label = "notifications"
    verbose_name = _("Text messages")

    def ready(self) -> None:
        for part in ("audit_actions", "checks"):  # some need models, which exist only now
            import_module(f"{self.name}.{part}")
