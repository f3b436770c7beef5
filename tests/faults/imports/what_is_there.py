"""All that an import writes, without what differs between two databases: keys, random numbers, times."""

from tests.faults.imports.server import Database

WHO = "concat_ws(' ', {0}.family_name, {0}.given_name, {0}.date_of_birth, {0}.birth_precision)"
P = WHO.format("p")
QUERIES = {
    "persons": f"""
        SELECT {P}, p.sex, p.phone, p.village_id, p.origins::text, p.verification, p.version, p.name_key,
            p.match_keys::text
        FROM registry_person p""",
    "households": f"""
        SELECT {P}, {WHO.format("head")}, m.relationship, m.ended_on, h.village_id, h.poverty_level, h.version
        FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
        JOIN registry_household h ON h.id = m.household_id
        JOIN registry_membership hm ON hm.household_id = h.id AND hm.relationship = 'head'
        JOIN registry_person head ON head.id = hm.person_id""",
    "documents": f"""
        SELECT {P}, d.type, encode(d.digest, 'hex')
        FROM registry_identitydocument d JOIN registry_person p ON p.id = d.person_id""",
    "enrolments": f"""
        SELECT {P}, e.state, e.since, e.member_number, e.level
        FROM registry_enrolment e JOIN registry_person p ON p.id = e.person_id""",
    "history of persons": f"""
        SELECT {P}, e.pgh_label, e.version, e.phone, e.origins::text, c.metadata ->> 'reason',
            c.metadata ->> 'source'
        FROM registry_personevent e JOIN registry_person p ON p.id = e.pgh_obj_id
        LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id""",
    "histories": """
        SELECT 'household', pgh_label, count(*) FROM registry_householdevent GROUP BY 2
        UNION ALL SELECT 'membership', pgh_label, count(*) FROM registry_membershipevent GROUP BY 2
        UNION ALL SELECT 'document', pgh_label, count(*) FROM registry_identitydocumentevent GROUP BY 2
        UNION ALL SELECT 'enrolment', pgh_label, count(*) FROM registry_enrolmentevent GROUP BY 2""",
    "ledger": f"""
        SELECT {P}, l.operator_id, l.kind, l.wanted_version, l.state
        FROM exchange_ledgerentry l JOIN registry_person p ON p.id = l.subject_id""",
    "provenance": f"""
        SELECT {P}, r.source_id, r.reference, r.digest
        FROM registry_sourcerecord r JOIN registry_person p ON p.id = r.person_id""",
    "conflicts": f"""
        SELECT {P}, c.field, c.source, c.state, encode(c.digest, 'hex')
        FROM registry_sourceconflict c JOIN registry_person p ON p.id = c.person_id""",
    "to be compared": f"""
        SELECT {P} FROM registry_awaitingmatch a JOIN registry_person p ON p.id = a.person_id""",
    "rows": """
        SELECT number, place, reference, outcome, applied, made::text, findings::text, same_row
        FROM registry_stagedrow""",
    "runs": "SELECT state, rows, outcomes::text, findings::text, notes::text FROM registry_importrun",
    "jobs": "SELECT kind, state, done, error FROM jobs_job",
    "audit": "SELECT action, count(*) FROM audit_auditevent GROUP BY 1",
}


def what_is_there(database: Database) -> dict[str, list[tuple]]:
    return {name: sorted(database.ask(query), key=repr) for name, query in QUERIES.items()}
