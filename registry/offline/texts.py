"""The words that are read out before a household is written offline."""

from collections.abc import Mapping

from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.web.shown import digest_of
from registry.consents.forms import consent_paragraphs
from registry.counter.forms import acting_text

FIELD = "read_out"


def published() -> str:
    """Digest of all that is read out, in the active language."""
    operators = [(one.code, str(one)) for one in operators_to_consent()]
    return digest_of(acting_text(), consent_paragraphs(), operators)


def is_read_as_published(written: Mapping[str, str]) -> bool:
    """Whether a device showed the words as they are now: it may have kept them for days."""
    return written.get(FIELD) == published() and written.get("acting_text") == acting_text()
