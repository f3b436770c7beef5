-- A source of imports is put in force as a second person approved it; who stops it needs nobody.

CREATE FUNCTION public.dspp_import_source_as_read(shown jsonb, held jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT bool_and((shown -> name) IS NOT DISTINCT FROM (held -> name))
        AND (shown -> 'operator') IS NOT DISTINCT FROM (held -> 'operator_id')
        AND (shown -> 'programme') IS NOT DISTINCT FROM (held -> 'programme_id')
        AND (shown -> 'drafted_by') IS NOT DISTINCT FROM (held -> 'drafted_by_id')
    FROM unnest('{code,name_km,name_en,legal_basis,valid_from,valid_to,rank,trust,mapping,state}'::text[]) name
$function$;

CREATE FUNCTION public.dspp_guard_import_source()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal;
BEGIN
    IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'draft' AND NEW.approved_by_id IS NULL AND (
        TG_OP = 'INSERT' AND NEW.approved_at IS NULL
        OR TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.approved_at IS NOT DISTINCT FROM OLD.approved_at
            AND (OLD.approved_at IS NULL OR NEW.code = OLD.code)
    ) THEN
        RETURN NEW;
    END IF;
    p := dspp_carried_out();
    IF (TG_OP = 'UPDATE' AND p.kind = 'import_source' AND p.act = 'begin' AND p.subject = OLD.id::text
        AND OLD.state = 'draft' AND NEW.state = 'approved' AND NEW.approved_by_id = p.decided_by_id
        AND OLD.drafted_by_id IS DISTINCT FROM p.decided_by_id
        AND NOT EXISTS (
            SELECT FROM registry_importsourceevent written
            WHERE written.pgh_obj_id = OLD.id AND written.state = 'draft'
                AND written.drafted_by_id = p.decided_by_id
                AND (OLD.approved_at IS NULL OR written.pgh_created_at > OLD.approved_at)
        )
        AND dspp_import_source_as_read(p.before -> 'text', to_jsonb(OLD))
        AND to_jsonb(NEW) - '{state,approved_by_id,approved_at}'::text[]
            = to_jsonb(OLD) - '{state,approved_by_id,approved_at}'::text[]
    ) IS TRUE THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: a source of imports is put in force by two people';
END $function$;

CREATE TRIGGER guard_import_source BEFORE INSERT OR UPDATE ON public.registry_importsource
FOR EACH ROW EXECUTE FUNCTION dspp_guard_import_source();
