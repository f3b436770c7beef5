from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

from dsp_platform import checks
from dsp_platform.admin.icons import use_words


class PlatformConfig(AppConfig):
    name = "dsp_platform"
    label = "platform"
    verbose_name = _("Platform")
    checks = checks  # registers the system checks on import

    def ready(self) -> None:
        for part in ("casework.registrations", "retention", "anonymised"):
            import_module(f"{self.name}.{part}")


class StaffAdminConfig(AdminConfig):
    default_site = "dsp_platform.accounts.staff_sign_in.admin_site.StaffAdminSite"

    def ready(self) -> None:
        super().ready()
        use_words()
