import pytest

from dsp_platform.encryption import sealed
from dsp_platform.offline.checks import offline_keys_are_keys
from tests.offline.sealing import seal

GOOD = "b2ZmbGluZS0wMTIzNDU2Nzg5LW9mZmxpbmUtMDEyMzQ="
OTHER = "UkR5dXc5b1hXYjNrTHE3VnpUMXBObThKczRHaGYyQWM="


@pytest.mark.parametrize(
    ("keys", "production", "found"),
    [
        ([], True, 1),
        ([], False, 0),
        ([GOOD], True, 0),
        ([GOOD, "short", "☺"], False, 2),
        (["A" * 44], True, 1),
    ],
)
def test_keys_are_named_that_are_none(settings, keys, production, found):
    settings.OFFLINE_KEYS, settings.PRODUCTION = keys, production
    assert [one.id for one in offline_keys_are_keys(None)] == ["dspp.E016"] * found


def test_a_replaced_key_still_opens_what_was_sealed_to_it(settings):
    settings.OFFLINE_KEYS = [GOOD]
    text = seal("សុខា", "one")
    settings.OFFLINE_KEYS = [OTHER, GOOD]
    assert sealed.unseal(text, bound_to="one") == "សុខា"
    settings.OFFLINE_KEYS = [OTHER]
    with pytest.raises(sealed.CannotOpen):
        sealed.unseal(text, bound_to="one")


def test_it_is_bound_to_its_item(settings):
    with pytest.raises(sealed.CannotOpen):
        sealed.unseal(seal("សុខា", "one"), bound_to="another")
