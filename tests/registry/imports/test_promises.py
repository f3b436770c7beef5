"""What the findings of a compared run say that would be written is exactly what is written: no more, no less.

Of one person for each combination of what is on record and what the file says, all in one file.
"""

from collections import Counter
from datetime import date
from itertools import product
from random import Random

import pytest

from dsp_platform.khmer.dates import PartialDate
from registry.imports.writing import applying
from registry.models import (
    Enrolment,
    Household,
    IdentityDocument,
    ImportSource,
    Membership,
    Person,
    StagedRow,
)
from tests.registry.imports import conftest
from tests.registry.imports.conftest import MAPPING, approve, compared, many, work
from tests.registry.imports.planning.test_beside import enrols_in, trusting
from tests.registry.imports.staging.test_references import tell
from tests.roles import as_owner

FILLS = ["phone", "documents", "born", "poverty_level"]
OPEN = {"since": date(2020, 1, 1)}
ENDED = {"state": "ended", "since": date(2010, 1, 1), "until": date(2019, 1, 1)}
ENROLMENTS = {
    "none": [],
    "open": [OPEN],
    "complete": [{**OPEN, "member_number": "M0"}],
    "ended": [ENDED],
    "ended without a day": [{**ENDED, "until": None}],
    "came back": [ENDED, OPEN],
    "came back, complete": [ENDED, {**OPEN, "member_number": "M0"}],
}
SINCE = ("", "2015-06-01", "2024-06-01")
PASSPORTS = ("none", "own", "another", "new", "of somebody else")
ROWS = ("one", "later of one that is known", "later of one that is alike", "later of one that says less")
ALONE = {"household": "", "relationship": ""}
COLUMNS = ("phone", "family_name", "given_name", "sex", "disability_level")


@pytest.fixture
def passport(source, monkeypatch):
    """A second type of document, by numbers: by their cards they are found."""
    monkeypatch.setattr(conftest, "HEADINGS", (*conftest.HEADINGS, "passport"))
    passport = {"type": "passport", "column": "passport"}
    columns = {**MAPPING["columns"], "documents": [*MAPPING["columns"]["documents"], passport]}
    with as_owner():
        ImportSource.objects.filter(pk=source.pk).update(mapping={"columns": columns})
    source.refresh_from_db()
    return "N{:07}".format


@pytest.fixture
def file(source, passport, family_package, imported):
    """Heads, some of them registered, and a son of each: some living nowhere, some with their head, some not
    registered. Then everything else is put on record."""
    chosen = Random(7)
    enrolled = 2 * list(product(ENROLMENTS, SINCE))
    passports = chosen.sample(len(enrolled) * PASSPORTS, len(enrolled))
    parts = [(*one, document) for one, document in zip(enrolled, passports, strict=True)]
    rows = many(2 * len(parts))
    for number, one in enumerate(rows):
        one["card"] = f"{100_000_000 + number}"
    heads, sons = rows[: 2 * len(parts) : 2], rows[1 : 2 * len(parts) : 2]
    strangers = [{**one, **ALONE, "passport": passport(n)} for n, one in enumerate(rows[2 * len(parts) :: 2])]
    before = [*strangers, *(head for head in heads if chosen.random() < 0.8)]
    for number, (son, (_held, _since, document)) in enumerate(zip(sons, parts, strict=True)):
        held = {"own": passport(5000 + number), "another": passport(7000 + number)}.get(document, "")
        if chosen.random() < 0.9:
            before.append({**son, **chosen.choice((ALONE, ALONE, {})), "passport": held})
    assert imported(before).outcomes == {"new": len(before)}
    enrols_in(source, family_package)
    rows = []
    for number, (head, son, part) in enumerate(zip(heads, sons, parts, strict=True)):
        held, since, document = part
        person = Person.objects.filter(source_records__reference=son["reference"]).first()
        for values in ENROLMENTS[held] if person else ():
            Enrolment.objects.create(person=person, programme=family_package, **values)
        if person and chosen.random() < 0.3:
            tell(person, born=PartialDate.parse(son["born"][:4]))
        numbers = {"none": "", "of somebody else": passport(number)}
        told = {
            "since": since,
            "member_number": chosen.choice(("", f"M{number}")),
            "phone": chosen.choice(("", f"0{12_000_000 + number}")),
            "passport": numbers.get(document, passport(5000 + number)),
        }
        rows += [{**head, "poverty_level": chosen.choice(("", "level1"))}]
        rows += rows_of(chosen.choice(ROWS), {**son, **told}, {**son, **ALONE})
    return rows


def rows_of(how, row, bare):
    later = {**row, "reference": row["reference"] + "x"}
    return {
        "one": [row],
        "later of one that is known": [bare, later],
        "later of one that is alike": [row, {**later, "household": row["household"] + "x"}],
        "later of one that says less": [
            {**bare, "phone": row["phone"], "reference": later["reference"]},
            row,
        ],
    }[how]


def promised(run):
    """How often, by person and what is said."""
    found = Counter()
    for row in StagedRow.objects.filter(run=run).exclude(outcome="refused"):
        for code, column, params in row.findings:
            if code in ("fills", "enrols"):
                found[row.person_id, code, column] += 1
            elif code in ("joins", "moves_in", "moves_in_earlier"):
                who = params["person"] if code == "moves_in_earlier" else row.person_id
                found[who, "comes home", ""] += 1
    return found


def on_record():
    """By person and what the findings call it. Of whom somebody would come to: of households that stand."""
    found = {}
    for one in Person.objects.all():
        found |= {(one.pk, "fills", column): getattr(one, column) for column in COLUMNS}
        found[one.pk, "fills", "date_of_birth"] = str(one.born)
        kinds = IdentityDocument.objects.filter(person=one).order_by("type")
        found[one.pk, "fills", "document_number"] = list(kinds.values_list("type", "digest"))
        enrolments = Enrolment.objects.filter(person=one).order_by("pk")
        found[one.pk, "enrols", ""] = list(enrolments.values())
        found[one.pk, "comes home", ""] = list(Membership.objects.filter(person=one).values())
    leads = Membership.objects.filter(relationship="head").select_related("household")
    for one in leads:
        found[one.person_id, "fills", "poverty_level"] = one.household.poverty_level
    return found


@pytest.mark.parametrize("rows_at_once", [applying.BATCH, 13])
@pytest.mark.parametrize("more", [[], ["members"]], ids=["no members", "members"])
def test_what_is_promised_is_written_and_nothing_else(
    source, file, steward, second_steward, monkeypatch, rows_at_once, more
):
    monkeypatch.setattr(applying, "BATCH", rows_at_once)
    trusting(source, fill=[*FILLS, *more])
    stood = set(Household.objects.values_list("pk", flat=True))
    before = on_record()
    registered = {person for person, *_what in before}
    run = compared(source, file, steward)
    read = run.findings
    work(approve(run, steward, second_steward))
    after = on_record()
    entered = Membership.objects.filter(household__in=stood).values_list("person", flat=True)
    written = Counter(
        key for key, value in after.items()
        if before.get(key) != value and (key[0] in registered or key[1] == "comes home" and key[0] in entered)
    )  # fmt: skip
    said = promised(run)
    assert {key for key in written if key not in said} == set()
    assert said == written
    assert sum(found[2] for found in read if found[0] in ("fills", "enrols")) == sum(
        count for (_person, code, _column), count in said.items() if code != "comes home"
    )
    assert all(one[1:] in {key[1:] for key in written} for one in [
        ("", "fills", "document_number"), ("", "fills", "date_of_birth"), ("", "fills", "phone"),
        ("", "fills", "poverty_level"), ("", "enrols", ""), ("", "comes home", ""),
    ])  # fmt: skip
