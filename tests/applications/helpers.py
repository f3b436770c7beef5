from datetime import date

from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from applications.models import HeldDecision
from applications.review.held import carry_out_due
from dsp_platform.accounts.models import TOTPDevice
from dsp_platform.exchange.models import Agreement
from dsp_platform.khmer.dates import PartialDate
from registry.persons.details import HouseholdDetails, PersonDetails
from tests.mappings import short_mapping
from tests.roles import as_owner

PERSON_FIELDS = ["spid", "full_name", "sex", "date_of_birth", "village_code", "household_number"]
APPLICATION_FIELDS = ["reference", "programme_code", "spid", "state", "submitted_on"]


def details(family_name: str = "សុខ", phone: str = "+85512345678") -> HouseholdDetails:
    return HouseholdDetails(
        village_code="01020101",
        address="",
        members=(
            PersonDetails(
                family_name=family_name,
                given_name="សុខា",
                sex="female",
                born=PartialDate(date(1980, 5, 1)),
                relationship="head",
                phone=phone,
                circumstances={"pregnant": False},
            ),
            PersonDetails(
                family_name=family_name,
                given_name="ដារា",
                sex="male",
                born=PartialDate(date(2012, 1, 2)),
                relationship="child",
            ),
        ),
        operators=(),
        consent_text="ខ្ញុំយល់ព្រម",
        language="km",
    )


_KEYS = {"person": "spid", "application": "reference", "grievance": "reference"}


@as_owner()  # only the owner may create an agreement that is in force already
def agreement(operator, kind, fields, **values) -> Agreement:
    return Agreement.objects.create(
        operator=operator,
        kind=kind,
        fields=fields,
        **{
            "mapping": short_mapping(_KEYS.get(kind, "number")),
            "concerns": Agreement.Concerns.APPLICANTS,
            "basis": Agreement.Basis.CONSENT,
            "state": Agreement.State.APPROVED,
            "valid_from": date(2026, 1, 1),
            **values,
        },
    )


def let_leave() -> int:
    """The time of every held decision has come, and the sweep carries them out."""
    waiting = HeldDecision.objects.filter(state=HeldDecision.State.HELD, carry_out_at__isnull=False)
    waiting.update(carry_out_at=timezone.now())
    return carry_out_due()


def sign_in(user, **extra) -> Client:
    """A browser of this person, second factor included where the role needs one."""
    client = Client(**extra)
    door = "PhoneBackend" if user.is_citizen else "StaffBackend"
    client.force_login(user, backend=f"dsp_platform.accounts.sign_in.backends.{door}")
    if not user.is_citizen:
        device, _made = TOTPDevice.objects.get_or_create(user=user, confirmed=True)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client
