import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dsp_platform.settings")
# Of the web server alone: a few dear pages would hold all its threads. Workers may take longer.
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "10")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - the views, which the first request would load
