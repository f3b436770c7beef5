import pytest

from dsp_platform.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:0:1aa:1::5", "2001:db8:0:100::/56"),
        (" 203.0.113.1 ", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_what_one_subscriber_holds(address, network):
    assert network_of(address) == network
