"""A source of members, and rows of it."""

from datetime import date

from registry.areas.address_keys import own_keys
from registry.imports.mapping.problems import mapping_of
from registry.imports.normalise import Normaliser
from registry.imports.reading.sheet import Row
from registry.imports.values.places import Places
from registry.models import Area, ImportSource

MAPPING = {
    "columns": {
        "reference": "ID",
        "household": "HH",
        "relationship": {"column": "REL", "values": {"1": "head", "2": "spouse"}},
        "family_name": "FAMILY",
        "given_name": "GIVEN",
        "latin_name": "LATIN",
        "sex": "SEX",
        "born": "DOB",
        "phone": "TEL",
        "village": {"code": "VILLAGE"},
        "documents": [{"type": "identity_card", "column": "NID"}],
        "member_number": "MEMBER",
        "since": "SINCE",
    }
}
DARA = {
    "ID": "P1",
    "HH": "H1",
    "REL": "1",
    "FAMILY": "សុខ",
    "GIVEN": "ដារា",
    "LATIN": "Sok Dara",
    "SEX": "ប្រុស",
    "DOB": "20/05/1990",
    "TEL": "012 345 678",
    "VILLAGE": "01020101",
    "NID": "010 203 045",
    "MEMBER": "M-77",
    "SINCE": "01/02/2024",
}


def area(code, km, latin, valid_to=None):
    keys = own_keys(km, latin)
    return Area(
        code=code, name_km=km, name_latin=latin, key_km=keys.khmer, key_latin=keys.latin, valid_to=valid_to
    )


PLACES = Places([area("01020101", "អូរធំ", "Ou Thum")])


def normalised(mapping=MAPPING, **cells):
    """Dara's row with other cells."""
    row = {**DARA, **cells}
    normaliser = Normaliser(mapping_of(mapping), list(row), PLACES)
    return normaliser.normalise(Row(2, list(row.values())))


def codes(result):
    return [finding.code for finding in result.findings]


def unsaved_source(**changes) -> ImportSource:
    terms = {
        "code": "members",
        "name_km": "សមាជិក",
        "name_en": "Members",
        "operator_id": "nssf",
        "legal_basis": "Law on Social Security Schemes",
        "valid_from": date(2026, 1, 1),
        "mapping": MAPPING,
        "trust": {"fill": ["phone"], "overwrite": []},
    }
    return ImportSource(**{**terms, **changes})
