"""The platform's Celery application on a machine whose clock may be wrong."""

# ruff: noqa: I001  (the first sets Django up, which the last needs)
import dsp_platform.wsgi  # noqa: F401

from dsp_platform.celery import app as app
from tests.faults.storm.kind import on_this_machine

on_this_machine()
