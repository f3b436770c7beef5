"""What may be shared with the programme's operator, and whether the household has consented to it."""

from django.utils.translation import gettext as _

from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.exchange.models import Agreement, Operator
from registry.models import Consent, Household, Programme


def open_consent(household: Household | None, operator_code: str) -> Consent | None:
    if household is None:
        return None
    return household.consents.filter(operator_code=operator_code, withdrawn_at=None).first()


def consent_to_ask(household: Household, operator: Operator) -> bool:
    """True when an agreement rests on consent and the household has not given it, or withdrawn it."""
    on_consent = agreements_in_force().filter(operator=operator, basis=Agreement.Basis.CONSENT).exists()
    return on_consent and open_consent(household, operator.pk) is None


def consent_text(programme: Programme) -> str:
    """The exact words to agree to, in the language of the page."""
    return _(
        "I agree that %(operator)s receives my application for “%(programme)s” and the information about "
        "my household that it needs to decide. I can take this back at any time."
    ) % {"operator": programme.operator, "programme": programme}


def consent_purpose() -> str:
    return _("To decide on an application for support")
