from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "dsp_platform.exchange"
    label = "exchange"
    verbose_name = _("Delivery to operators")

    def ready(self) -> None:
        for part in (
            "audit_actions",
            "operations.checks",
            "agreements.approvals",
            "registrations",
        ):  # they need models, which exist only now
            import_module(f"{self.name}.{part}")
