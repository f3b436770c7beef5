"""Prepares the storm in a separate process: ``python -m tests.faults.storm.prepare OPERATOR=SERVER ...``."""

# ruff: noqa: I001  (the first of ours sets Django up, which the last needs)
import sys

import dsp_platform.wsgi  # noqa: F401

from tests.faults.storm.kind import prepare

prepare(dict(argument.split("=", 1) for argument in sys.argv[1:]))
