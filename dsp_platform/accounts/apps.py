from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "dsp_platform.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        for part in (
            "audit_actions",
            "checks",
            "sessions.signals",
            "sms_templates",
            "staff.approvals",
        ):  # some need models, which exist only now
            import_module(f"{self.name}.{part}")
