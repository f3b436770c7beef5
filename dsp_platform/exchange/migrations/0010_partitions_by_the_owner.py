"""Partitions of the attempts are made and dropped by two functions of the owner, which allow nothing else."""

from django.db import migrations

MAKE = """
CREATE FUNCTION public.exchange_make_attempt_month(wanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first date := date_trunc('month', wanted);
    after date := first + interval '1 month';
BEGIN
    IF first < '2020-01-01' OR first > now() + interval '10 years' THEN
        RAISE EXCEPTION 'no partition for %', first USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.exchange_attempt FOR VALUES FROM (%L) TO (%L)',
        'exchange_attempt_' || to_char(first, 'YYYY_MM'),
        to_char(first, 'YYYY-MM-DD') || ' 00:00+00', to_char(after, 'YYYY-MM-DD') || ' 00:00+00'
    );
END $$
"""
# Attempts of the last twelve months are dropped by nobody but the owner.
DROP = """
CREATE FUNCTION public.exchange_drop_attempt_month(old date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first date := date_trunc('month', old);
BEGIN
    IF first >= date_trunc('month', now() AT TIME ZONE 'UTC') - interval '12 months' THEN
        RAISE EXCEPTION 'attempts of % are kept', first USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP TABLE public.%I', 'exchange_attempt_' || to_char(first, 'YYYY_MM'));
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0009_operator_leases")]

    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION public.exchange_make_attempt_month"),
        migrations.RunSQL(DROP, "DROP FUNCTION public.exchange_drop_attempt_month"),
    ]
