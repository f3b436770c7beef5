"""Rows of a household that the file gives no head, or several, and whom that concerns."""

from django.db import connection

from registry.models import ImportRun

# Whoever lives in a household, or did once, is not placed by a file anyway.
NOT_CONCERNED = """
UPDATE registry_stagedrow AS row SET findings = (
    SELECT coalesce(jsonb_agg(finding), '[]') FROM jsonb_array_elements(row.findings) AS finding
    WHERE finding ->> 0 <> 'not_one_head'
)
WHERE row.run_id = %(run)s AND row.findings @> '[["not_one_head"]]' AND EXISTS (
    SELECT FROM registry_membership AS lived WHERE lived.person_id = row.person_id
)
"""


def note_only_whom_it_concerns(run: ImportRun) -> None:
    """After all rows were compared: before, nobody knows who of them is registered."""
    with connection.cursor() as cursor:
        cursor.execute(NOT_CONCERNED, {"run": run.pk})
