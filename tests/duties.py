"""Staff of an operator with one of the duties."""

from dsp_platform.accounts.models import Role, User


def of_duty(duty: str, operator: str = "nssf", username: str = "") -> User:
    return User.objects.create_staff(
        username=username or f"{duty}.{operator}",
        password=None,
        role=Role.REVIEWER,
        operator_code=operator,
        duty=duty,
        full_name="ហ៊ុន ស្រីពៅ",
    )
