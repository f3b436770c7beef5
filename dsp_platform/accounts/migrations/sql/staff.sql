-- Accounts of weight change only as a second person approved: docs/adr/0011-two-people.md.

CREATE FUNCTION public.dspp_is_steward(account bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT EXISTS (SELECT FROM accounts_user WHERE id = account AND role = 'steward' AND is_active)
$function$;

CREATE FUNCTION public.dspp_guard_staff()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal := dspp_carried_out();
BEGIN
    IF (p.kind = 'staff_account' AND p.subject = NEW.username
        AND p.payload ->> 'role' = NEW.role AND p.payload ->> 'full_name' = NEW.full_name
        AND p.effective_from <= (now() AT TIME ZONE 'Asia/Phnom_Penh')::date
        AND NEW.id IS DISTINCT FROM p.decided_by_id
        AND CASE TG_OP
            WHEN 'INSERT' THEN
                p.act = 'create' AND NEW.password LIKE '!%'
                AND coalesce(p.payload ->> 'spid', '') = coalesce(NEW.spid, '')
            ELSE p.act = 'open_again' AND to_jsonb(NEW) - 'is_active' = to_jsonb(OLD) - 'is_active'
        END
    ) IS TRUE
        OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        OR (
            SELECT count(*) FROM accounts_user WHERE role = 'steward' AND id IS DISTINCT FROM NEW.id
        ) < 2
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: an account of weight is given by two people';
END $function$;

CREATE FUNCTION public.dspp_guard_staff_stays()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'approval: an account of weight stays what it is, and is closed where it ends';
END $function$;

CREATE TRIGGER guard_staff_change BEFORE UPDATE ON public.accounts_user
FOR EACH ROW
WHEN (new.is_active AND new.role IN ('steward', 'auditor')
    AND (old.role <> new.role OR NOT old.is_active OR old.username <> new.username))
EXECUTE FUNCTION dspp_guard_staff();

CREATE TRIGGER guard_staff_row BEFORE DELETE ON public.accounts_user
FOR EACH ROW
WHEN (old.role IN ('steward', 'auditor'))
EXECUTE FUNCTION dspp_guard_staff_stays();

CREATE TRIGGER guard_staff_stays BEFORE UPDATE ON public.accounts_user
FOR EACH ROW
WHEN ((old.role IN ('steward', 'auditor') OR new.role IN ('steward', 'auditor'))
    AND (old.id, old.role, old.full_name, old.spid, old.username)
        IS DISTINCT FROM (new.id, new.role, new.full_name, new.spid, new.username))
EXECUTE FUNCTION dspp_guard_staff_stays();

CREATE TRIGGER guard_staff BEFORE INSERT ON public.accounts_user
FOR EACH ROW
WHEN (new.role IN ('steward', 'auditor'))
EXECUTE FUNCTION dspp_guard_staff();
