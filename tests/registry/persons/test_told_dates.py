"""One rule for a date of birth told of somebody on record: in a claim, and to move by SPID or document."""

import pytest
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from registry.changes.apply.newcomer import person_of_document, person_of_spid
from registry.claims.services import Identity, begin_claim
from registry.persons.recognition import entries_of, same_person
from registry.persons.validation import NAME_VALIDATORS
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details

CARD = {"document_type": "identity_card", "document_number": "010203099"}


@built_once
def head(areas, commune_clerk):
    details = household_details(person_details(phone="012345678", **CARD))
    return register_household(actor=commune_clerk, details=details).memberships.get().person


@pytest.mark.parametrize(
    ("known", "told", "fits"),
    [
        ("1984-04-14", "1984-04-14", True),
        ("1984-04", "1984-04-14", True),
        ("1984", "1984-04-14", True),
        ("1984", "1984-04", True),
        ("1984", "1985-01-01", False),
        ("1984-04", "1984-05-01", False),
        ("1984-04-14", "1984-04", False),  # told less exactly, a number would be guessed with the date
        ("1984-04-14", "1984", False),
    ],
)
def test_one_rule_says_whether_a_date_of_birth_is_of_somebody_on_record(head, known, told, fits):
    head.born, born = PartialDate.parse(known), PartialDate.parse(told)
    head.save()
    account = User.objects.create_citizen(phone=head.phone)
    identity = Identity(kind="spid", number=head.spid, born=born)
    claim = begin_claim(account=account, identity=identity, proved=True)
    by_spid = {"known": {"has_spid": "yes", "spid": head.spid}, "birth": {"born": told}}
    by_card = by_spid | {
        "known": {"has_spid": "no"},
        "name": {name: getattr(head, name) for name in NAME_VALIDATORS},
        "sex": {"sex": "female"},
        "relationship": {"relationship": "sibling"},
        "document": CARD,
    }
    (entry,) = entries_of(household_details(person_details(born=born, **CARD)), None)
    with transaction.atomic():  # whoever is found is locked
        found = [person_of_spid(by_spid), person_of_document(by_card), same_person(entry)]
    assert [claim.person, *found] == [head if fits else None] * 4
