"""What may be shared with the programme's operator, and whether the household has consented to it."""

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from applications.models import Application
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.exchange.models import Agreement, Operator
from registry.models import Consent, Household, Programme
from registry.persons.households import household_of


def open_consent(household: Household | None, operator_code: str) -> Consent | None:
    if household is None:
        return None
    return household.consents.filter(operator_code=operator_code, withdrawn_at=None).first()


def consent_to_ask(household: Household, operator: Operator) -> bool:
    """True when an agreement rests on consent and the household has not given it, or withdrawn it."""
    return rests_on_consent(operator.pk) and open_consent(household, operator.pk) is None


def rests_on_consent(operator_code: str) -> bool:
    """Whether the operator receives households' records by their consent."""
    return _by_consent([operator_code]).exists()


def _by_consent(operators: Collection[str]) -> QuerySet[Agreement]:
    return agreements_in_force().filter(operator__in=operators, basis=Agreement.Basis.CONSENT)


def lacks_consent(application: Application) -> bool:
    """It waits, and the operator may not receive what it needs to decide: the household it was made in has
    taken its consent back, or the applicant lives in another one, or in none."""
    operator = application.programme.operator_id
    return application.is_open and operator in _without_consent(household_of(application.person), [operator])


def waiting_for_consent(
    applications: Sequence[Application], household: Household | None
) -> list[Application]:
    """Those of members of one household that lack its consent; none where no household could give it."""
    waiting = [one for one in applications if one.is_open]
    if household is None or not waiting:
        return []
    lacking = _without_consent(household, {one.programme.operator_id for one in waiting})
    return [one for one in waiting if one.programme.operator_id in lacking]


def _without_consent(household: Household | None, operators: Collection[str]) -> set[str]:
    """Those that receive households' records by consent, and have none of this one."""
    given = household.consents.all() if household else Consent.objects.none()
    held = given.filter(operator_code=OuterRef("operator"), withdrawn_at=None)
    lacking = _by_consent(operators).filter(~Exists(held))
    return set(lacking.values_list("operator", flat=True))


def consent_text(programme: Programme) -> str:
    """The exact words to agree to, in the language of the page."""
    return _(
        "I agree that %(operator)s receives my application for “%(programme)s” and the information about "
        "my household that it needs to decide. I can take this back at any time."
    ) % {"operator": programme.operator, "programme": programme}


def text_to_agree_to(household: Household | None, programme: Programme) -> str:
    """``consent_text``, or "" where nothing is to be asked."""
    ask = household is not None and consent_to_ask(household, programme.operator)
    return consent_text(programme) if ask else ""


def consent_purpose() -> str:
    return _("To decide on an application for support")
