"""What becomes of the registry's tables in a copy for training."""

from dsp_platform.database.anonymising import empty, keep, replace, replace_by_step
from registry.anonymising.numbers import renumber, renumber_spids
from registry.anonymising.persons import replace_documents, replace_persons
from registry.anonymising.phones import replace_phones
from registry.models import Household, Person
from registry.models.person_columns import FOLLOWING, NAMES

empty(
    "registry.Appointment",
    "registry.ChangeDraft",
    "registry.ChangeEvent",
    "registry.ChangeRequest",
    "registry.Claim",
    # The numbers of cases, and the photos, are gone as well.
    "registry.ConsentSheet",
    "registry.Draft",
    "registry.DuplicateCase",
    "registry.DuplicateCaseEvent",
    # What was detected and found in a file may quote its cells.
    "registry.ImportRun",
    # Who was at home when, and what was noted there.
    "registry.HouseholdVisit",
    "registry.KeySetup",
    "registry.Lookup",
    "registry.LostNumber",
    "registry.Merge",
    "registry.MoverConfirmation",
    "registry.OfficialRequest",
    "registry.PhoneReplacement",
    "registry.RareFact",
    "registry.SourceConflict",
    # What an operator calls a person finds them at that operator.
    "registry.SourceRecord",
    "registry.StagedPair",
    "registry.StagedRow",
    "registry.VillageDay",
    "registry.VillageDay_officials",
)
keep("registry.Area", "code", "name_km", "name_latin", "key_km", "key_latin", "address_keys")
keep("registry.CoverageCount", "commune")
keep("registry.ImportSource", "code", "name", "name_km", "name_en", "mapping", "trust", "legal_basis")
keep("registry.Programme", "code", "name", "name_km", "name_en", "summary", "summary_km", "summary_en")
keep("registry.Programme", "for_whom", "for_whom_km", "for_whom_en", "documents", "documents_km")
keep("registry.Programme", "documents_en", "how_long", "how_long_km", "how_long_en", "gives", "gives_km")
keep("registry.Programme", "gives_en", "how_to", "how_to_km", "how_to_en", "contact", "contact_km")
keep("registry.Programme", "contact_en", "state_note", "state_note_km", "state_note_en", "rule")
keep("registry.Programme", "source", "source_km", "source_en")
keep("registry.Benefit", "label", "label_km", "label_en", "per", "per_km", "per_en")
keep("registry.Benefit", "source", "source_km", "source_en")
keep("registry.RuleVersion", "rule")
keep("registry.ProgrammeQuestion", "title_km", "title_en", "hint_km", "hint_en", "choices", "condition")
keep("registry.QuestionsVersion", "questions")
keep("registry.LifeSituation", "code", "name", "name_km", "name_en", "picture")
keep("registry.Consent", "operator_code", "purpose", "text_digest", "language")
replace("registry.Consent", witness_name="NULL", sheet="''")
keep("registry.Person", "origins", "language")
keep("registry.Household", "poverty_source")
replace(
    "registry.Household",
    address="CASE WHEN address = '' THEN '' ELSE"
    " 'ផ្ទះលេខ ' || (1 + abs(hashtext(%(key)s || {id})::bigint) %% 200) END",
)
replace(
    "registry.Enrolment",
    operator_reference="''",
    member_number="''",
    card_number="''",
    level="''",
)
replace("registry.Payment", operator_reference="'P' || {id}")
replace_by_step(replace_phones, registry__Person=["phone"], accounts__User=["phone"])
replace_by_step(lambda _key: renumber_spids(Person), registry__Person=["spid"])
replace_by_step(replace_persons, registry__Person=[*NAMES, *FOLLOWING])
replace_by_step(replace_documents, registry__IdentityDocument=["number", "digest"])
replace_by_step(lambda _key: renumber(Household, "number"), registry__Household=["number"])
