"""What the audit records about each subject, declared when its module is loaded."""

from registry.appointments import audit_actions as appointments
from registry.changes import audit_actions as changes
from registry.claims import audit_actions as claims
from registry.consents import audit_actions as consents
from registry.counter import audit_actions as counter
from registry.deaths import audit_actions as deaths
from registry.duplicates import audit_actions as duplicates
from registry.imports import audit_actions as imports
from registry.merging import audit_actions as merging
from registry.my_data import audit_actions as my_data
from registry.officials import audit_actions as officials
from registry.persons import audit_actions as persons
from registry.phones import audit_actions as phones
from registry.programmes import audit_actions as programmes
from registry.provenance import audit_actions as provenance
from registry.registration import audit_actions as registration
from registry.unusual import audit_actions as unusual
from registry.village_days import audit_actions as village_days

__all__ = [
    "appointments",
    "changes",
    "claims",
    "consents",
    "counter",
    "deaths",
    "duplicates",
    "imports",
    "merging",
    "my_data",
    "officials",
    "persons",
    "phones",
    "programmes",
    "provenance",
    "registration",
    "unusual",
    "village_days",
]
