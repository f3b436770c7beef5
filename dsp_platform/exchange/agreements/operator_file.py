"""The file of an operator with its first sharing agreements: ``docs/guides/add-an-operator.md``."""

from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dsp_platform.exchange.adapters.statuses import StatusMapping
from dsp_platform.exchange.models import Agreement


class FilePart(BaseModel):
    """Strict: a name without a meaning is a mistyped one."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Texts(FilePart):
    km: str
    en: str


class AgreementPart(FilePart):
    """``mapping`` is checked with the agreement that is made of it, as one that a steward drafts."""

    kind: str
    fields: list[str]
    mapping: dict[str, Any]
    concerns: Agreement.Concerns
    rule: str
    basis: Agreement.Basis
    legal_reference: str = ""
    purpose: Texts
    valid_from: date
    valid_to: date | None


def _readable(mapping: dict[str, Any]) -> dict[str, Any]:
    """Of a status table. None is given where nothing comes back."""
    if mapping and StatusMapping.model_validate(mapping).occurred_at.lacks_zone:
        raise ValueError("“occurred_at” has a time without a time zone: name its “zone”")
    return mapping


class OperatorFile(FilePart):
    code: Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{1,32}$")]
    name: Texts
    system: Texts
    adapter: str = ""
    address: dict[str, Any] = {}
    status_mapping: Annotated[dict[str, Any], AfterValidator(_readable)] = {}
    rate_per_minute: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None
    agreements: list[AgreementPart]


def read(written: str) -> OperatorFile:
    """Raises ValueError with one line for each mistake, which names the field."""
    try:
        return OperatorFile.model_validate_json(written)
    except ValidationError as error:
        raise ValueError("\n".join(_sentence(one) for one in error.errors(include_url=False))) from None


def _sentence(error: Any) -> str:
    field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error["loc"])
    match error["type"]:
        case "missing":
            return f"“{field}” is missing."
        case "extra_forbidden":
            return f"There is no field “{field}”."
    return f"“{field}” cannot be read: {error['msg']}." if field else f"{error['msg']}."
