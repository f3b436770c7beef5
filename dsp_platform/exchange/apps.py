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
            "agreements.first_fill",
            "agreements.withdraw_all",
            "delivery.release_job",
            "operations.reconsider_job",
            "reconcile.job",
        ):  # they need models, which exist only now
            import_module(f"{self.name}.{part}")
