"""The admin of the exchange. No personal data: codes, numbers, states and times."""

from dsp_platform.exchange.agreements import admin as agreements
from dsp_platform.exchange.operations import admin as operations
from dsp_platform.exchange.operations import ledger_admin
from dsp_platform.exchange.reports import admin as reports

__all__ = ["agreements", "ledger_admin", "operations", "reports"]
