from dsp_platform.accounts.models.assisted_session import AssistedSession
from dsp_platform.accounts.models.duties import DECIDING_DUTIES, DUTIES, READING_DUTIES, Duty, Rights
from dsp_platform.accounts.models.passkey import Passkey
from dsp_platform.accounts.models.phone_codes import PhoneChallenge, PhoneEvent
from dsp_platform.accounts.models.staff_credentials import (
    Invitation,
    SignInFailure,
    TOTPDevice,
    invitation_binding,
    key_binding,
    new_totp_key,
)
from dsp_platform.accounts.models.user import (
    ADMIN_ROLES,
    PRIVILEGED_ROLES,
    Role,
    User,
    UserManager,
)

__all__ = [
    "ADMIN_ROLES",
    "DECIDING_DUTIES",
    "DUTIES",
    "PRIVILEGED_ROLES",
    "READING_DUTIES",
    "AssistedSession",
    "Duty",
    "Invitation",
    "Passkey",
    "PhoneChallenge",
    "PhoneEvent",
    "Rights",
    "Role",
    "SignInFailure",
    "TOTPDevice",
    "User",
    "UserManager",
    "invitation_binding",
    "key_binding",
    "new_totp_key",
]
