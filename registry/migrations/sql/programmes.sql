-- What a programme says and grants changes only as a second person approved it, field by field.

CREATE FUNCTION public.dspp_owns_programmes()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'registry_programme'::regclass), 'MEMBER')
$function$;

CREATE FUNCTION public.dspp_programme_proposal(programme bigint)
 RETURNS approval_proposal
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT p FROM dspp_carried_out() p
    WHERE p.kind = 'programme' AND p.act = 'change' AND p.subject = programme::text
        AND p.effective_from <= (now() AT TIME ZONE 'Asia/Phnom_Penh')::date
$function$;

CREATE FUNCTION public.dspp_changes_as_read(old_text text, new_text text, old_read text, new_read text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT CASE
        WHEN old_read IS NOT DISTINCT FROM new_read THEN new_text IS NOT DISTINCT FROM old_text
        ELSE old_text IS NOT DISTINCT FROM old_read AND new_text IS NOT DISTINCT FROM new_read
    END
$function$;

CREATE FUNCTION public.dspp_amount_as_read(shown jsonb, held registry_benefit)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT shown ->> 'kind' = held.kind
        AND coalesce(shown ->> 'label_km', '') = coalesce(held.label_km, '')
        AND coalesce(shown ->> 'label_en', '') = coalesce(held.label_en, '')
        AND (shown ->> 'amount')::bigint IS NOT DISTINCT FROM held.amount
        AND (shown ->> 'percent')::numeric IS NOT DISTINCT FROM held.percent
        AND coalesce(shown ->> 'per_km', '') = coalesce(held.per_km, '')
        AND coalesce(shown ->> 'per_en', '') = coalesce(held.per_en, '')
        AND (shown ->> 'valid_from')::date = held.valid_from
        AND shown ->> 'precision' = held.precision
        AND (shown ->> 'valid_to')::date IS NOT DISTINCT FROM held.valid_to
        AND (shown ->> 'confidential')::boolean = held.confidential
        AND coalesce(shown ->> 'source_km', '') = coalesce(held.source_km, '')
        AND coalesce(shown ->> 'source_en', '') = coalesce(held.source_en, '')
$function$;

CREATE FUNCTION public.dspp_guard_new_programme()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF NOT dspp_owns_programmes() AND (NEW.state = 'draft' AND NEW.rule = '') IS NOT TRUE THEN
        RAISE EXCEPTION 'approval: a programme begins as a draft and without a rule';
    END IF;
    RETURN NEW;
END $function$;

CREATE FUNCTION public.dspp_guard_rule()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal;
BEGIN
    IF OLD.state = 'draft'
        AND (NEW.id, NEW.code, NEW.operator_id, NEW.payer_id, NEW.state, NEW.rule, NEW.rule_version)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.code, OLD.operator_id, OLD.payer_id, OLD.state, OLD.rule, OLD.rule_version)
    THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'draft' AND OLD.state <> 'draft' AND NOT dspp_owns_programmes() THEN
        RAISE EXCEPTION 'approval: what was published is no draft any more';
    END IF;
    IF dspp_owns_programmes() THEN
        RETURN NEW;
    END IF;
    p := dspp_programme_proposal(OLD.id);
    IF ((NEW.id, NEW.code, NEW.operator_id, NEW.payer_id) IS NOT DISTINCT FROM (OLD.id, OLD.code, OLD.operator_id, OLD.payer_id)
        AND p.id IS NOT NULL AND dspp_changes_as_read(OLD.rule::text, NEW.rule::text, p.before ->> 'rule', p.payload ->> 'rule') AND dspp_changes_as_read(OLD.state::text, NEW.state::text, p.before ->> 'state', p.payload ->> 'state') AND dspp_changes_as_read(OLD.takes_applications::text, NEW.takes_applications::text, p.before ->> 'takes_applications', p.payload ->> 'takes_applications') AND dspp_changes_as_read(OLD.appeal_days::text, NEW.appeal_days::text, p.before ->> 'appeal_days', p.payload ->> 'appeal_days') AND dspp_changes_as_read(OLD.expected_days::text, NEW.expected_days::text, p.before ->> 'expected_days', p.payload ->> 'expected_days') AND dspp_changes_as_read(OLD.opens_on::text, NEW.opens_on::text, p.before ->> 'opens_on', p.payload ->> 'opens_on') AND dspp_changes_as_read(OLD.closes_on::text, NEW.closes_on::text, p.before ->> 'closes_on', p.payload ->> 'closes_on') AND dspp_changes_as_read(OLD.name_km::text, NEW.name_km::text, p.before ->> 'name_km', p.payload ->> 'name_km') AND dspp_changes_as_read(OLD.name_en::text, NEW.name_en::text, p.before ->> 'name_en', p.payload ->> 'name_en') AND dspp_changes_as_read(OLD.summary_km::text, NEW.summary_km::text, p.before ->> 'summary_km', p.payload ->> 'summary_km') AND dspp_changes_as_read(OLD.summary_en::text, NEW.summary_en::text, p.before ->> 'summary_en', p.payload ->> 'summary_en') AND dspp_changes_as_read(OLD.for_whom_km::text, NEW.for_whom_km::text, p.before ->> 'for_whom_km', p.payload ->> 'for_whom_km') AND dspp_changes_as_read(OLD.for_whom_en::text, NEW.for_whom_en::text, p.before ->> 'for_whom_en', p.payload ->> 'for_whom_en') AND dspp_changes_as_read(OLD.gives_km::text, NEW.gives_km::text, p.before ->> 'gives_km', p.payload ->> 'gives_km') AND dspp_changes_as_read(OLD.gives_en::text, NEW.gives_en::text, p.before ->> 'gives_en', p.payload ->> 'gives_en') AND dspp_changes_as_read(OLD.how_to_km::text, NEW.how_to_km::text, p.before ->> 'how_to_km', p.payload ->> 'how_to_km') AND dspp_changes_as_read(OLD.how_to_en::text, NEW.how_to_en::text, p.before ->> 'how_to_en', p.payload ->> 'how_to_en') AND dspp_changes_as_read(OLD.documents_km::text, NEW.documents_km::text, p.before ->> 'documents_km', p.payload ->> 'documents_km') AND dspp_changes_as_read(OLD.documents_en::text, NEW.documents_en::text, p.before ->> 'documents_en', p.payload ->> 'documents_en') AND dspp_changes_as_read(OLD.how_long_km::text, NEW.how_long_km::text, p.before ->> 'how_long_km', p.payload ->> 'how_long_km') AND dspp_changes_as_read(OLD.how_long_en::text, NEW.how_long_en::text, p.before ->> 'how_long_en', p.payload ->> 'how_long_en') AND dspp_changes_as_read(OLD.contact_km::text, NEW.contact_km::text, p.before ->> 'contact_km', p.payload ->> 'contact_km') AND dspp_changes_as_read(OLD.contact_en::text, NEW.contact_en::text, p.before ->> 'contact_en', p.payload ->> 'contact_en') AND dspp_changes_as_read(OLD.state_note_km::text, NEW.state_note_km::text, p.before ->> 'state_note_km', p.payload ->> 'state_note_km') AND dspp_changes_as_read(OLD.state_note_en::text, NEW.state_note_en::text, p.before ->> 'state_note_en', p.payload ->> 'state_note_en') AND dspp_changes_as_read(OLD.source_km::text, NEW.source_km::text, p.before ->> 'source_km', p.payload ->> 'source_km') AND dspp_changes_as_read(OLD.source_en::text, NEW.source_en::text, p.before ->> 'source_en', p.payload ->> 'source_en') AND (OLD.state <> 'draft' OR NEW.state = 'draft' OR (OLD.expected_days::text IS NOT DISTINCT FROM p.before ->> 'expected_days' AND OLD.opens_on::text IS NOT DISTINCT FROM p.before ->> 'opens_on' AND OLD.closes_on::text IS NOT DISTINCT FROM p.before ->> 'closes_on' AND OLD.name_km::text IS NOT DISTINCT FROM p.before ->> 'name_km' AND OLD.name_en::text IS NOT DISTINCT FROM p.before ->> 'name_en' AND OLD.summary_km::text IS NOT DISTINCT FROM p.before ->> 'summary_km' AND OLD.summary_en::text IS NOT DISTINCT FROM p.before ->> 'summary_en' AND OLD.for_whom_km::text IS NOT DISTINCT FROM p.before ->> 'for_whom_km' AND OLD.for_whom_en::text IS NOT DISTINCT FROM p.before ->> 'for_whom_en' AND OLD.gives_km::text IS NOT DISTINCT FROM p.before ->> 'gives_km' AND OLD.gives_en::text IS NOT DISTINCT FROM p.before ->> 'gives_en' AND OLD.how_to_km::text IS NOT DISTINCT FROM p.before ->> 'how_to_km' AND OLD.how_to_en::text IS NOT DISTINCT FROM p.before ->> 'how_to_en' AND OLD.documents_km::text IS NOT DISTINCT FROM p.before ->> 'documents_km' AND OLD.documents_en::text IS NOT DISTINCT FROM p.before ->> 'documents_en' AND OLD.how_long_km::text IS NOT DISTINCT FROM p.before ->> 'how_long_km' AND OLD.how_long_en::text IS NOT DISTINCT FROM p.before ->> 'how_long_en' AND OLD.contact_km::text IS NOT DISTINCT FROM p.before ->> 'contact_km' AND OLD.contact_en::text IS NOT DISTINCT FROM p.before ->> 'contact_en' AND OLD.state_note_km::text IS NOT DISTINCT FROM p.before ->> 'state_note_km' AND OLD.state_note_en::text IS NOT DISTINCT FROM p.before ->> 'state_note_en' AND OLD.source_km::text IS NOT DISTINCT FROM p.before ->> 'source_km' AND OLD.source_en::text IS NOT DISTINCT FROM p.before ->> 'source_en' AND OLD.takes_applications::text IS NOT DISTINCT FROM p.before ->> 'takes_applications' AND OLD.appeal_days::text IS NOT DISTINCT FROM p.before ->> 'appeal_days'))
        AND p.before ->> 'code' = OLD.code AND p.before ->> 'operator' = OLD.operator_id
        AND NEW.rule_version = OLD.rule_version + (NEW.rule <> OLD.rule)::int
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'approval: a programme changes by two people';
    END IF;
    RETURN NEW;
END $function$;

CREATE FUNCTION public.dspp_guard_amount()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal;
    programme bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        programme := NEW.programme_id;
    ELSE
        programme := OLD.programme_id;
    END IF;
    IF dspp_owns_programmes() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    p := dspp_programme_proposal(programme);
    IF TG_OP <> 'INSERT' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(p.before -> 'benefits') shown
        WHERE shown ->> 'id' = OLD.id::text AND dspp_amount_as_read(shown, OLD)
    ) THEN
        RAISE EXCEPTION 'approval: the amounts of a programme change by two people';
    END IF;
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM jsonb_array_elements(p.payload -> 'benefits') shown WHERE shown ->> 'id' = OLD.id::text
    )
        OR TG_OP = 'UPDATE' AND (
            NEW.id <> OLD.id OR NEW.programme_id <> OLD.programme_id OR NOT EXISTS (
                SELECT FROM jsonb_array_elements(p.payload -> 'benefits') shown
                WHERE shown ->> 'id' = NEW.id::text AND dspp_amount_as_read(shown, NEW)
            )
        )
        OR TG_OP = 'INSERT' AND (
            SELECT count(*) FROM jsonb_array_elements(p.payload -> 'benefits') shown
            WHERE shown ->> 'id' IS NULL AND dspp_amount_as_read(shown, NEW)
        ) <= (
            SELECT count(*) FROM registry_benefit held
            WHERE held.programme_id = programme
                AND NOT EXISTS (
                    SELECT FROM jsonb_array_elements(p.before -> 'benefits') known
                    WHERE known ->> 'id' = held.id::text
                )
                AND EXISTS (
                    SELECT FROM jsonb_array_elements(p.payload -> 'benefits') shown
                    WHERE shown ->> 'id' IS NULL AND dspp_amount_as_read(shown, NEW)
                        AND dspp_amount_as_read(shown, held)
                )
        )
    THEN
        RAISE EXCEPTION 'approval: the amounts of a programme change by two people';
    END IF;
    RETURN coalesce(NEW, OLD);
END $function$;

CREATE FUNCTION public.dspp_record_rule_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO registry_ruleversion (programme_id, number, rule, holds_from)
    VALUES (NEW.id, NEW.rule_version, NEW.rule, clock_timestamp())
    ON CONFLICT (programme_id, number) DO NOTHING;
    RETURN NULL;
END $function$;

CREATE FUNCTION public.dspp_guard_rule_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF pg_trigger_depth() < 2 AND NOT dspp_owns_programmes() THEN
        RAISE EXCEPTION 'approval: a version of a rule comes with its programme';
    END IF;
    RETURN NEW;
END $function$;

CREATE FUNCTION public.dspp_guard_situation()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF dspp_owns_programmes() THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: life situations come with the catalogue';
END $function$;

CREATE FUNCTION public.dspp_only(number bigint)
 RETURNS numrange
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT numrange(number, number, '[]')
$function$;

-- Two amounts for the same thing never hold on one day, but for one that is announced without its day. Ranges
-- of one number stand for equality, which needs no extension.
ALTER TABLE public.registry_benefit ADD CONSTRAINT benefit_one_at_a_time EXCLUDE USING gist (
    dspp_only(programme_id) WITH &&,
    dspp_only(hashtextextended(
        kind || '|' || coalesce(label_km, '') || '|' || coalesce(label_en, '')
            || '|' || coalesce(per_km, '') || '|' || coalesce(per_en, ''), 0
    )) WITH &&,
    daterange(valid_from, valid_to, '[]') WITH &&
) WHERE ("precision" <> 'about') DEFERRABLE INITIALLY DEFERRED;

CREATE TRIGGER guard_amount BEFORE INSERT OR DELETE ON public.registry_benefit
FOR EACH ROW EXECUTE FUNCTION dspp_guard_amount();

CREATE TRIGGER guard_amount_change BEFORE UPDATE ON public.registry_benefit
FOR EACH ROW
WHEN ((old.* IS DISTINCT FROM new.*))
EXECUTE FUNCTION dspp_guard_amount();

CREATE TRIGGER guard_new BEFORE INSERT ON public.registry_programme
FOR EACH ROW EXECUTE FUNCTION dspp_guard_new_programme();

CREATE TRIGGER guard_rule BEFORE UPDATE ON public.registry_programme
FOR EACH ROW
WHEN ((old.id, old.rule, old.rule_version, old.state, old.takes_applications, old.appeal_days, old.code,
            old.operator_id, old.payer_id, old.expected_days, old.opens_on, old.closes_on, old.name_km,
            old.name_en, old.summary_km, old.summary_en, old.for_whom_km, old.for_whom_en, old.gives_km,
            old.gives_en, old.how_to_km, old.how_to_en, old.documents_km, old.documents_en, old.how_long_km,
            old.how_long_en, old.contact_km, old.contact_en, old.state_note_km, old.state_note_en, old.source_km,
            old.source_en)
        IS DISTINCT FROM (new.id, new.rule, new.rule_version, new.state, new.takes_applications, new.appeal_days,
            new.code, new.operator_id, new.payer_id, new.expected_days, new.opens_on, new.closes_on, new.name_km,
            new.name_en, new.summary_km, new.summary_en, new.for_whom_km, new.for_whom_en, new.gives_km,
            new.gives_en, new.how_to_km, new.how_to_en, new.documents_km, new.documents_en, new.how_long_km,
            new.how_long_en, new.contact_km, new.contact_en, new.state_note_km, new.state_note_en, new.source_km,
            new.source_en))
EXECUTE FUNCTION dspp_guard_rule();

CREATE TRIGGER record_rule_version AFTER INSERT OR UPDATE OF rule, rule_version ON public.registry_programme
FOR EACH ROW EXECUTE FUNCTION dspp_record_rule_version();

CREATE TRIGGER guard_new BEFORE INSERT ON public.registry_ruleversion
FOR EACH ROW EXECUTE FUNCTION dspp_guard_rule_version();

CREATE TRIGGER guard_new BEFORE INSERT ON public.registry_lifesituation
FOR EACH ROW EXECUTE FUNCTION dspp_guard_situation();

CREATE TRIGGER guard_words BEFORE UPDATE ON public.registry_lifesituation
FOR EACH ROW
WHEN ((old.id, old.code, old.name_km, old.name_en)
        IS DISTINCT FROM (new.id, new.code, new.name_km, new.name_en))
EXECUTE FUNCTION dspp_guard_situation();
