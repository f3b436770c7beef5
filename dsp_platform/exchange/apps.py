from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "dsp_platform.exchange"
    label = "exchange"
    verbose_name = _("Delivery to operators")
