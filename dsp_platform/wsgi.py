import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dsp_platform.settings")
# Of the web server alone: a few dear pages would hold all its threads. Workers may take longer.
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "10")

application = get_wsgi_application()
