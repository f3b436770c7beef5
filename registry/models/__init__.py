from registry.models.area import Area
from registry.models.consent import Consent
from registry.models.draft import Draft
from registry.models.enrolment import Enrolment, Payment
from registry.models.household import Household, Membership
from registry.models.person import IdentityDocument, Person
from registry.models.programme import Benefit, Programme

__all__ = [
    "Area",
    "Benefit",
    "Consent",
    "Draft",
    "Enrolment",
    "Household",
    "IdentityDocument",
    "Membership",
    "Payment",
    "Person",
    "Programme",
]
