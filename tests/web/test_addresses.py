import pytest

from dsp_platform.web.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:0:1ff::1", "2001:db8:0:100::/56"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", ""),
        ("unknown", ""),
        ("203.0.113.7, 10.0.0.1", ""),
        ("203.0.113.77:443", ""),
    ],
)
def test_the_network_of_an_address(address, network):
    assert network_of(address) == network
