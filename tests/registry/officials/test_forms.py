"""What the forms of a district offer."""

import pytest

from tests.registry.pages import official_client


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_moves_is_not_offered_the_commune_they_work_in(district, commune_clerk, commune, language):
    page = (
        official_client(district).get(f"/{language}/counter/officials/{commune_clerk.pk}/").content.decode()
    )
    assert f'value="{commune.pk}"' in page
    assert f'value="{commune_clerk.area_code}"' not in page
