"""The pages of a district's officials, and who follows an invitation."""

from dsp_platform.accounts.models import TOTPDevice, User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff

LIST = "/en/counter/officials/"


def join(user: User, code: str) -> None:
    key = "ab" * 20
    device = TOTPDevice(user=user, key=key)
    from_app = staff.TOTP(device.bin_key, TOTPDevice.STEP, digits=TOTPDevice.DIGITS).token()
    invitation = invitations.invitation_of(code)
    invitations.join(invitation=invitation, password="only-for-tests-9182", key=key, code=f"{from_app:06d}")
