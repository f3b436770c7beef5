import pytest

from dsp_platform.accounts.models import User
from dsp_platform.khmer import khmer_digits
from registry import selectors, services
from registry.errors import NotClaimed
from tests.registry.cast import child_details, household_details, person_details


@pytest.fixture
def head(areas, commune_clerk):
    """Registered at the counter, with Sokha's phone."""
    details = household_details(person_details(phone="012345678"), child_details(phone="012345678"))
    household = services.register_household(actor=commune_clerk, details=details)
    return household.memberships.get(relationship="head").person


def test_the_phone_and_the_spid_together_open_the_record(head, sokha):
    services.claim_person(account=sokha, spid=khmer_digits(head.spid_grouped))
    assert selectors.subject_of(sokha, None) == head


def test_claiming_twice_is_harmless(head, sokha):
    for _ in range(2):
        assert services.claim_person(account=sokha, spid=head.spid) == head


def test_another_phone_opens_nothing(head):
    stranger = User.objects.create_citizen(phone="+85516000001")
    with pytest.raises(NotClaimed):
        services.claim_person(account=stranger, spid=head.spid)


@pytest.mark.parametrize("spid", ["", "1234", "0" * 12, "<script>"])
def test_a_wrong_spid_opens_nothing(head, sokha, spid):
    with pytest.raises(NotClaimed):
        services.claim_person(account=sokha, spid=spid)


def test_an_account_is_one_person(head, sokha):
    services.claim_person(account=sokha, spid=head.spid)
    child = head.memberships.get().household.memberships.get(relationship="child").person
    with pytest.raises(NotClaimed):
        services.claim_person(account=sokha, spid=child.spid)


def test_a_claimed_person_is_not_claimed_by_another(head, sokha):
    services.claim_person(account=sokha, spid=head.spid)
    sokha.phone = "+85516000002"
    sokha.save()
    other = User.objects.create_citizen(phone="+85512345678")
    with pytest.raises(NotClaimed):
        services.claim_person(account=other, spid=head.spid)


def test_staff_claim_nobody(head, commune_clerk):
    with pytest.raises(NotClaimed):
        services.claim_person(account=commune_clerk, spid=head.spid)
