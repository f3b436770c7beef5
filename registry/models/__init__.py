from registry.models.appointment import Appointment
from registry.models.area import Area
from registry.models.change import ChangeDraft, ChangeEvent, ChangeRequest
from registry.models.claim import Claim
from registry.models.conflicts import SourceConflict
from registry.models.consent import Consent, ConsentSheet
from registry.models.coverage import CoverageCount
from registry.models.draft import Draft
from registry.models.enrolment import Enrolment, Payment
from registry.models.household import CURRENT, IS_CURRENT, Household, Membership, lives_in
from registry.models.import_runs import IS_NEWCOMER, ImportRun, SourceRecord, StagedPair, StagedRow
from registry.models.imports import ImportSource
from registry.models.keys import KeySetup, LostNumber, MoverConfirmation, PhoneReplacement
from registry.models.lookup import Lookup
from registry.models.matching import AwaitingMatch, DuplicateCase, DuplicateCaseEvent, Merge
from registry.models.official_request import OfficialRequest
from registry.models.person import Deceased, IdentityDocument, Person
from registry.models.programme import Benefit, Programme, RuleVersion
from registry.models.question import ProgrammeQuestion, QuestionsVersion
from registry.models.rare_fact import RareFact
from registry.models.situation import LifeSituation, ProgrammeSituation
from registry.models.village_day import HouseholdVisit, VillageDay

__all__ = [
    "CURRENT",
    "IS_CURRENT",
    "IS_NEWCOMER",
    "Appointment",
    "Area",
    "AwaitingMatch",
    "Benefit",
    "ChangeDraft",
    "ChangeEvent",
    "ChangeRequest",
    "Claim",
    "Consent",
    "ConsentSheet",
    "CoverageCount",
    "Deceased",
    "Draft",
    "DuplicateCase",
    "DuplicateCaseEvent",
    "Enrolment",
    "Household",
    "HouseholdVisit",
    "IdentityDocument",
    "ImportRun",
    "ImportSource",
    "KeySetup",
    "LifeSituation",
    "Lookup",
    "LostNumber",
    "Membership",
    "Merge",
    "MoverConfirmation",
    "OfficialRequest",
    "Payment",
    "Person",
    "PhoneReplacement",
    "Programme",
    "ProgrammeQuestion",
    "ProgrammeSituation",
    "QuestionsVersion",
    "RareFact",
    "RuleVersion",
    "SourceConflict",
    "SourceRecord",
    "StagedPair",
    "StagedRow",
    "VillageDay",
    "lives_in",
]
