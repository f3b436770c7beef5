import pytest

from registry.models import Area
from tests.registry.cast import official


@pytest.fixture
def colleague(db):
    return official("district.two", "0102", full_name="ស្រុក ពីរ")


@pytest.fixture
def banan(db):
    return official("district.banan", "0201", full_name="ស្រុក បាណន់")


@pytest.fixture
def commune(areas):
    return Area.objects.get(pk="010202")
