-- A day by decree is entered as a second steward approved it, and never deleted.

CREATE FUNCTION public.dspp_guard_decreed_day()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal;
BEGIN
    IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    p := dspp_carried_out();
    IF (TG_OP <> 'DELETE' AND p.kind = 'decreed_day' AND p.subject = NEW.day::text
        AND (TG_OP = 'INSERT' OR OLD.id = NEW.id AND OLD.day = NEW.day)
        AND NEW.rule = p.payload ->> 'rule' AND NEW.decree = p.payload ->> 'decree'
        AND NEW.proposed_by_id = p.proposed_by_id AND NEW.approved_by_id = p.decided_by_id
    ) IS TRUE THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: what a decree says of a day is entered by two people';
END $function$;

CREATE TRIGGER guard_decreed_day BEFORE INSERT OR UPDATE OR DELETE ON public.working_days_decreedday
FOR EACH ROW EXECUTE FUNCTION dspp_guard_decreed_day();
