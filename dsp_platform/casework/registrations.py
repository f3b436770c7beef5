"""What casework registers with the accounts. Loaded once the apps are ready."""

from dsp_platform.accounts.staff.services import register_office_follower
from dsp_platform.casework.assignment import give_back

register_office_follower(give_back)
