-- A proposal is decided once, by a second person, by the clock of the database: docs/adr/0011-two-people.md.

CREATE FUNCTION public.dspp_guard_proposal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval: a proposal is never deleted';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.decided_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'approval: a proposal begins undecided';
        END IF;
    ELSIF to_jsonb(OLD) - '{state,decided_by_id,decided_at,note,closed_at}'::text[]
        <> to_jsonb(NEW) - '{state,decided_by_id,decided_at,note,closed_at}'::text[]
    THEN
        RAISE EXCEPTION 'approval: what was proposed is never edited';
    ELSIF OLD.state = 'proposed' AND NEW.state IN ('approved', 'refused') THEN
        IF NEW.decided_by_id IS NULL OR NEW.decided_by_id = OLD.proposed_by_id THEN
            RAISE EXCEPTION 'approval: a second person decides';
        END IF;
    ELSIF NOT (
        (OLD.decided_by_id, OLD.decided_at, OLD.note) IS NOT DISTINCT FROM
            (NEW.decided_by_id, NEW.decided_at, NEW.note)
        AND (
            (OLD.state = 'proposed' AND NEW.state IN ('withdrawn', 'overtaken', 'lapsed'))
            OR (OLD.state = 'approved' AND NEW.state IN ('carried_out', 'withdrawn', 'overtaken'))
        )
    ) THEN
        RAISE EXCEPTION 'approval: what was decided is never edited';
    END IF;
    RETURN NEW;
END $function$;

CREATE FUNCTION public.dspp_guard_decision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF NOT dspp_is_steward(NEW.decided_by_id) THEN
        RAISE EXCEPTION 'approval: a steward decides';
    ELSIF NEW.state = 'approved' AND NEW.decided_at IS DISTINCT FROM least(
        NEW.decided_at, OLD.proposed_at + interval '72 hours'
    ) THEN
        RAISE EXCEPTION 'approval: it waited too long';
    END IF;
    RETURN NEW;
END $function$;

CREATE FUNCTION public.dspp_time_proposal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        IF TG_OP = 'INSERT' THEN
            NEW.proposed_at := now();
        ELSIF OLD.state = 'proposed' AND NEW.state IN ('approved', 'refused') THEN
            NEW.decided_at := now();
        END IF;
    END IF;
    RETURN NEW;
END $function$;

CREATE TRIGGER guard_proposal BEFORE INSERT OR DELETE OR UPDATE ON public.approval_proposal
FOR EACH ROW EXECUTE FUNCTION dspp_guard_proposal();

CREATE TRIGGER guard_proposal_decision BEFORE UPDATE ON public.approval_proposal
FOR EACH ROW
WHEN (old.state = 'proposed' AND new.state IN ('approved', 'refused'))
EXECUTE FUNCTION dspp_guard_decision();

CREATE TRIGGER clock_proposal BEFORE INSERT OR UPDATE ON public.approval_proposal
FOR EACH ROW EXECUTE FUNCTION dspp_time_proposal();
