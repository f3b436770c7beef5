"""Model fields that are encrypted at rest with the platform's keys."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from dsp_platform.encryption import crypto


class EncryptedTextField(models.BinaryField):
    """Text, stored as a Fernet token. It cannot be searched: store a digest beside it for that."""

    # For the type checker, which would take the value for the bytes in the column.
    _pyi_private_set_type: Any
    _pyi_private_get_type: str  # type: ignore[assignment]

    def get_db_prep_value(self, value: str | None, connection: Any, prepared: bool = False) -> Any:
        token = None if value is None else crypto.encrypt(value)
        return super().get_db_prep_value(token, connection, prepared)

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else crypto.decrypt(value)


class EncryptedJSONField(EncryptedTextField):
    """JSON, stored as a Fernet token, for drafts."""

    _pyi_private_get_type: dict[str, Any]  # type: ignore[assignment]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        text = None if value is None else json.dumps(value, cls=DjangoJSONEncoder)
        return super().get_db_prep_value(text, connection, prepared)

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return None if text is None else json.loads(text)
