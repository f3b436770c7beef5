"""A family of three as a roster sends it."""

from typing import Any

from tests.registry.pages import HEAD, begin_household

PAGE = "/{}/register/household/"
PLACE = {"village_code": "01020101", "address": "ផ្ទះលេខ ១២", "window": "w1"}


def row(number: int, **fields: str) -> dict[str, str]:
    """With a name of its own, as the page gives it."""
    return {f"m{number}-{name}": value for name, value in {"row": f"row-{number}", **fields}.items()}


SOKHA = row(
    1, family_name="សុខ", given_name="សុខា", sex="female", born="27/3/1985", document_type="identity_card",
    document_number="០១០២០៣០៤៥", phone="012 345 678",
)  # fmt: skip
VUTHY = row(
    2, family_name="កែវ", given_name="វុទ្ធី", relationship="spouse", sex="male", born="០២១១១៩៨២",
    document_type="none",
)  # fmt: skip
PISETH = row(
    3, family_name="កែវ", given_name="ពិសិដ្ឋ", relationship="child", sex="male", born="2015",
    document_type="none",
)  # fmt: skip
FAMILY = {**PLACE, **SOKHA, **VUTHY, **PISETH}


class Counter:
    """An official at the page of the roster, the consents given."""

    def __init__(self, laptop: Any, language: str = "km") -> None:
        begin_household(laptop, language)
        self.client, self.root = laptop, f"/{language}/register/"
        laptop.post(f"{self.root}consent/", HEAD["consent"])
        self.page = PAGE.format(language)

    def save(self, *parts: dict[str, str], **headers: Any) -> Any:
        data: dict[str, str] = {}
        for part in parts:
            data |= part
        return self.client.post(self.page, data, headers=headers or None)

    def in_background(self, *parts: dict[str, str]) -> Any:
        return self.save(*parts, accept="application/json").json()

    def shown(self) -> str:
        return self.client.get(self.page).content.decode()
