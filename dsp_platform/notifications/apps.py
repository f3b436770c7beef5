from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "dsp_platform.notifications"
    label = "notifications"
    verbose_name = _("Text messages")

    def ready(self) -> None:
        import_module(f"{self.name}.checks")  # needs models, which exist only now
