-- Attempts are partitioned by month: docs/adr/0008-a-slim-ledger.md. The owner's functions make and drop partitions, and allow nothing else.

CREATE SEQUENCE exchange_attempt_id_seq;
CREATE TABLE exchange_attempt (
    id bigint NOT NULL DEFAULT nextval('exchange_attempt_id_seq'),
    at timestamptz NOT NULL DEFAULT statement_timestamp(),
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
CREATE INDEX attempt_lately ON exchange_attempt USING brin (at) WITH (autosummarize = on, pages_per_range = 16);

CREATE FUNCTION public.exchange_make_attempt_month(wanted date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
END $function$;

CREATE FUNCTION public.exchange_drop_attempt_month(old date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
    first date := date_trunc('month', old);
BEGIN
    IF first >= date_trunc('month', now() AT TIME ZONE 'UTC') - interval '12 months' THEN
        RAISE EXCEPTION 'attempts of % are kept', first USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP TABLE public.%I', 'exchange_attempt_' || to_char(first, 'YYYY_MM'));
END $function$;

-- This month and the three that follow, as ledger.partitions keeps them.
SELECT exchange_make_attempt_month((date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month')::date)
FROM generate_series(0, 3) ahead;
