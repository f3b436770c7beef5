"""What a steward sees of the exchange. No personal data: codes, numbers, states and times."""

from dsp_platform.exchange.admin.agreements import AgreementAdmin
from dsp_platform.exchange.admin.ledger import AttemptAdmin, LedgerEntryAdmin
from dsp_platform.exchange.admin.operators import OperatorAdmin
from dsp_platform.exchange.admin.reports import IncidentAdmin, StatusReportAdmin

__all__ = [
    "AgreementAdmin",
    "AttemptAdmin",
    "IncidentAdmin",
    "LedgerEntryAdmin",
    "OperatorAdmin",
    "StatusReportAdmin",
]
