"""Which addresses are one network."""

import pytest

from dsp_platform.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:0:1ff:1:2:3:4", "2001:db8:0:100::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", ""),
        ("unknown", ""),
        ("203.0.113.77:443", ""),
    ],
)
def test_network_of(address, network):
    assert network_of(address) == network
