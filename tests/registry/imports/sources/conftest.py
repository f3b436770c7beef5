import pytest

from registry.imports.sources.services import save_draft
from tests.registry.imports.cast import unsaved_source


@pytest.fixture
def source(operators, steward):
    """Drafted by the first steward."""
    draft = unsaved_source()
    save_draft(source=draft, actor=steward)
    return draft
