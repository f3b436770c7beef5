"""Operators, agreements with them, the delivery ledger, what they report."""

from dsp_platform.exchange.models.incidents import Incident
from dsp_platform.exchange.models.ledger import Attempt, Lease, LedgerEntry, OperatorLease, Outstanding
from dsp_platform.exchange.models.operators import Agreement, Operator
from dsp_platform.exchange.models.reports import StatusReport

__all__ = [
    "Agreement",
    "Attempt",
    "Incident",
    "Lease",
    "LedgerEntry",
    "Operator",
    "OperatorLease",
    "Outstanding",
    "StatusReport",
]
