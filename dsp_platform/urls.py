"""Composition root of the addresses: health, the two languages, and in demo mode the demo phone."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from dsp_platform.monitoring import health, metrics
from dsp_platform.offline import shell
from dsp_platform.web import errors

# What browsers ask for beside anything that is not a page of ours. A page of failure with the CSRF cookie it
# brings could take the place of the one that was sent with a form meanwhile.
icon = RedirectView.as_view(url=lazy(static, str)("dspp.svg"))

urlpatterns = [
    path("favicon.ico", icon, name="icon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("service-worker.js", shell.service_worker, name="service_worker"),
    path("metrics", metrics.metrics, name="metrics"),
    path("text-messages/receipts/", include("dsp_platform.notifications.receipt_urls")),
    *i18n_patterns(
        path("", include("registry.urls")),
        path("", include("dsp_platform.accounts.urls")),
        path("", include("dsp_platform.offline.urls")),
        path("", include("dsp_platform.uploads.urls")),
        path("", include("applications.urls")),
        path("", include("grievances.urls")),
        path("", include("dsp_platform.help.urls")),
        path("admin/", admin.site.urls),
    ),
]
if settings.DEMO or settings.MODE == "test":
    urlpatterns.append(path("demo/", include("dsp_platform.notifications.urls")))

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
