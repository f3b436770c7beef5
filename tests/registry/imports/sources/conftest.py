from datetime import date

import pytest

from registry.imports.sources.services import save_draft
from registry.models import ImportSource
from tests.registry.imports.cast import MAPPING


def unsaved(**changes) -> ImportSource:
    terms = {
        "code": "members",
        "name_km": "សមាជិក",
        "name_en": "Members",
        "operator_id": "nssf",
        "legal_basis": "Law on Social Security Schemes",
        "valid_from": date(2026, 1, 1),
        "mapping": MAPPING,
        "trust": {"fill": ["phone"], "overwrite": []},
    }
    return ImportSource(**{**terms, **changes})


@pytest.fixture
def source(operators, steward):
    """Drafted by the first steward."""
    draft = unsaved()
    save_draft(source=draft, actor=steward)
    return draft
