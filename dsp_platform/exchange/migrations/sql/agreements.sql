-- An agreement changes only as a second person approved it.

CREATE FUNCTION public.dspp_agreement_as_read(shown jsonb, held jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT bool_and((shown -> name) IS NOT DISTINCT FROM (held -> name))
        AND (shown -> 'operator') IS NOT DISTINCT FROM (held -> 'operator_id')
        AND (shown -> 'drafted_by') IS NOT DISTINCT FROM (held -> 'drafted_by_id')
    FROM unnest('{
        kind,number,state,fields,mapping,concerns,rule,basis,legal_reference,purpose_km,purpose_en,
        valid_from,valid_to
    }'::text[]) name
$function$;

CREATE FUNCTION public.dspp_constants_as_read(held exchange_agreement, constants jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT coalesce(constants, '{}') @> coalesce(held.mapping -> 'constants', '{}') AND NOT EXISTS (
        SELECT FROM jsonb_each(coalesce(constants, '{}')) added
        WHERE (held.mapping -> 'constants' -> added.key) IS DISTINCT FROM added.value
            AND NOT EXISTS (
                SELECT FROM exchange_agreement earlier
                CROSS JOIN jsonb_path_query(earlier.mapping, 'strict $.** ? (@.type() == "object")') filled
                WHERE earlier.operator_id = held.operator_id AND earlier.kind = held.kind
                    AND earlier.state <> 'draft' AND earlier.id <> held.id
                    AND filled ->> 'column' = added.key AND coalesce(filled -> 'blank', 'null') = added.value
            )
    )
$function$;

CREATE FUNCTION public.dspp_guard_agreement()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal;
    today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
BEGIN
    IF NEW.state = 'draft' AND (TG_OP = 'INSERT' OR OLD.state = 'draft')
        OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'approval: an agreement begins as a draft';
    END IF;
    IF NEW.state = OLD.state AND (OLD.state <> 'approved' OR NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to) THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'approved' AND NEW.state = 'ended' AND NEW.valid_to = OLD.valid_to AND OLD.valid_to < today THEN
        RETURN NEW;
    END IF;
    p := dspp_carried_out();
    IF (p.kind = 'agreement' AND p.act = 'end' AND p.subject = OLD.id::text AND OLD.state = 'approved'
        AND dspp_agreement_as_read(p.before -> 'text', to_jsonb(OLD))
        AND CASE NEW.state
            WHEN 'ended' THEN
                p.effective_from <= greatest(today, OLD.valid_from) AND NEW.valid_to = least(OLD.valid_to, today)
            WHEN 'approved' THEN
                p.effective_from > greatest(today, OLD.valid_from)
                AND NEW.valid_to = least(OLD.valid_to, p.effective_from - 1)
        END
    ) IS TRUE THEN
        RETURN NEW;
    END IF;
    IF (p.kind = 'agreement' AND p.act = 'begin' AND p.subject = OLD.id::text
        AND OLD.state = 'draft' AND NEW.state = 'approved' AND NEW.approved_by_id = p.decided_by_id
        AND OLD.drafted_by_id IS DISTINCT FROM p.decided_by_id
        AND NOT EXISTS (
            SELECT FROM exchange_agreementevent written
            WHERE written.pgh_obj_id = OLD.id AND written.drafted_by_id = p.decided_by_id
        )
        AND dspp_agreement_as_read(p.before -> 'text', to_jsonb(OLD))
        AND to_jsonb(NEW) - '{state,approved_by_id,approved_at,valid_from,mapping}'::text[]
            = to_jsonb(OLD) - '{state,approved_by_id,approved_at,valid_from,mapping}'::text[]
        AND NEW.valid_from = greatest(OLD.valid_from, today)
        AND NEW.mapping - 'constants' = OLD.mapping - 'constants'
        AND dspp_constants_as_read(OLD, NEW.mapping -> 'constants')
    ) IS TRUE THEN
        RETURN NEW;
    END IF;
    IF (p.kind = 'agreement' AND p.act = 'begin' AND OLD.state = 'approved' AND EXISTS (
        SELECT FROM exchange_agreement following
        WHERE following.id::text = p.subject AND following.state = 'draft'
            AND following.operator_id = OLD.operator_id AND following.kind = OLD.kind
            AND dspp_agreement_as_read(p.before -> 'text', to_jsonb(following))
            AND CASE NEW.state
                WHEN 'ended' THEN following.valid_from <= today AND NEW.valid_to = least(OLD.valid_to, today)
                WHEN 'approved' THEN
                    following.valid_from > today AND NEW.valid_to = least(OLD.valid_to, following.valid_from - 1)
            END
    )) IS TRUE THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: an agreement begins and ends by two people';
END $function$;

CREATE TRIGGER guard_agreement BEFORE INSERT OR UPDATE ON public.exchange_agreement
FOR EACH ROW EXECUTE FUNCTION dspp_guard_agreement();

-- One agreement of an operator for a kind of record at a time. By hashes, because core PostgreSQL has no index of
-- this kind over text.
ALTER TABLE exchange_agreement ADD CONSTRAINT agreement_one_at_a_time EXCLUDE USING gist (
    numrange(hashtextextended(operator_id, 0), hashtextextended(operator_id, 0), '[]') WITH &&,
    numrange(hashtextextended(kind, 0), hashtextextended(kind, 0), '[]') WITH &&,
    daterange(valid_from, valid_to, '[]') WITH &&
) WHERE (state = 'approved');
