"""What is due gets a slim table of its own, a batch in hand is one row, and attempts are kept by the month."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from dsp_platform.exchange.ledger import partitions

APPEND_ONLY = pgtrigger.compiler.Trigger(
    name="append_only",
    sql=pgtrigger.compiler.UpsertTriggerSql(
        func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
        hash="68abe8a1b32fb004ecccd602c81742f838daa6b9",
        operation="UPDATE OR DELETE",
        pgid="pgtrigger_append_only_cf168",
        table="exchange_attempt",
        when="BEFORE",
    ),
)

# Numbers of before are small and begin again for each subject; those of the sequence are higher than all.
NUMBERS = """
CREATE SEQUENCE exchange_revision;
SELECT setval('exchange_revision', coalesce(max(revision), 0) + 1, false) FROM exchange_ledgerentry;
"""

WAITING = """
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, false, state = 'held', not_before, announced_at
FROM exchange_ledgerentry WHERE state IN ('due', 'held');
UPDATE exchange_ledgerentry SET may_hold = true WHERE lease IS NOT NULL;
"""

BY_MONTH = """
DROP TRIGGER pgtrigger_append_only_cf168 ON exchange_attempt;
ALTER TABLE exchange_attempt RENAME TO exchange_attempt_before;
ALTER INDEX exchange_at_subject_cdec9d_idx RENAME TO exchange_attempt_before_idx;
ALTER TABLE exchange_attempt_before ALTER COLUMN id DROP IDENTITY IF EXISTS;
ALTER TABLE exchange_attempt_before RENAME CONSTRAINT exchange_attempt_pkey TO exchange_attempt_before_pkey;
CREATE SEQUENCE exchange_attempt_id_seq;
CREATE TABLE exchange_attempt (
    id bigint NOT NULL DEFAULT nextval('exchange_attempt_id_seq'),
    at timestamptz NOT NULL,
    operator_id varchar(32) NOT NULL,
    kind varchar(32) NOT NULL,
    subject_id bigint NOT NULL,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    withdrawal boolean NOT NULL,
    outcome varchar(16) NOT NULL,
    reason varchar(64) NOT NULL,
    digest bytea,
    agreement_id bigint,
    consent_id bigint,
    receipt varchar(200) NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE exchange_attempt_id_seq OWNED BY exchange_attempt.id;
CREATE INDEX attempt_of_subject ON exchange_attempt (subject_id, kind, at);
"""


def keep_what_was(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(at AT TIME ZONE 'UTC')::date FROM exchange_attempt_before")
        oldest = cursor.fetchone()[0]
        month, last = partitions.this_month(), partitions.this_month().plus(partitions.AHEAD)
        month = partitions.Month(oldest.year, oldest.month) if oldest else month
        while month <= last:
            cursor.execute(
                f"CREATE TABLE {month.table} PARTITION OF exchange_attempt "
                f"FOR VALUES FROM ('{month.first_day} 00:00+00') TO ('{month.plus(1).first_day} 00:00+00')"
            )
            month = month.plus(1)
        cursor.execute(
            "INSERT INTO exchange_attempt SELECT id, at, operator_id, kind, subject_id, version, 0, withdrawal, "
            "outcome, reason, substr(digest, 1, 16), agreement_id, consent_id, receipt "
            "FROM exchange_attempt_before"
        )
        cursor.execute(
            "SELECT setval('exchange_attempt_id_seq', coalesce(max(id), 0) + 1, false) FROM exchange_attempt"
        )
        cursor.execute("DROP TABLE exchange_attempt_before")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("entries", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None, verbose_name="ledger entries")),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="taken")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("operator", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="leases", to="exchange.operator", verbose_name="operator")),
            ],
            options={"verbose_name": "batch in flight", "verbose_name_plural": "batches in flight"},
        ),
        migrations.CreateModel(
            name="Outstanding",
            fields=[
                ("entry", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="outstanding", serialize=False, to="exchange.ledgerentry", verbose_name="ledger entry")),
                ("backlog", models.BooleanField(default=False, verbose_name="first fill")),
                ("held", models.BooleanField(default=False, verbose_name="held for a person")),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now, verbose_name="not before")),
                ("since", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                ("operator", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="outstanding", to="exchange.operator", verbose_name="operator")),
            ],
            options={
                "verbose_name": "outstanding delivery",
                "verbose_name_plural": "outstanding deliveries",
                "indexes": [
                    models.Index(condition=models.Q(("held", False)), fields=["operator", "backlog", "not_before"], name="outstanding_due"),
                    models.Index(condition=models.Q(("held", True)), fields=["operator"], name="outstanding_held"),
                ],
            },
        ),
        migrations.RunSQL(NUMBERS, "DROP SEQUENCE exchange_revision"),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="ledgerentry", name="ledger_due"),
        migrations.RemoveIndex(model_name="ledgerentry", name="ledger_held"),
        migrations.RemoveField(model_name="ledgerentry", name="lease"),
        migrations.RemoveField(model_name="ledgerentry", name="leased_until"),
        migrations.RemoveField(model_name="ledgerentry", name="not_before"),
        migrations.AddField(model_name="operator", name="address", field=models.JSONField(blank=True, default=dict, verbose_name="address")),
        migrations.AddField(model_name="operator", name="quiet_from", field=models.TimeField(blank=True, null=True, verbose_name="quiet from")),
        migrations.AddField(model_name="operator", name="quiet_to", field=models.TimeField(blank=True, null=True, verbose_name="quiet until")),
        migrations.AddField(model_name="operator", name="rate_per_minute", field=models.PositiveIntegerField(blank=True, null=True, verbose_name="most records a minute")),
        migrations.AddField(model_name="operator", name="reconciled_at", field=models.DateTimeField(blank=True, null=True, verbose_name="last compared")),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameIndex(model_name="attempt", new_name="attempt_of_subject", old_name="exchange_at_subject_cdec9d_idx"),
                migrations.RemoveField(model_name="attempt", name="idempotency_key"),
                migrations.AddField(model_name="attempt", name="revision", field=models.BigIntegerField(default=0, verbose_name="revision")),
                migrations.AlterField(model_name="attempt", name="digest", field=models.BinaryField(max_length=16, null=True, verbose_name="digest of what was sent")),
            ],
            database_operations=[
                migrations.RunSQL(BY_MONTH),
                migrations.RunPython(keep_what_was),
                migrations.RunSQL(APPEND_ONLY.install_sql),
            ],
        ),
    ]
