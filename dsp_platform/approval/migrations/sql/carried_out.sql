-- What the guards of other tables ask: was this approved, and in this transaction?

CREATE FUNCTION public.dspp_carried_out()
 RETURNS approval_proposal
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT p FROM approval_proposal p
    WHERE p.id = nullif(current_setting('dspp.proposal', true), '')::bigint
        AND p.state = 'approved' AND p.decided_by_id <> p.proposed_by_id
        AND dspp_is_steward(p.proposed_by_id) AND dspp_is_steward(p.decided_by_id)
$function$;

CREATE FUNCTION public.dspp_born_here(of_row xid)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE
    ours numeric := pg_current_xact_id()::text::numeric;
    born numeric := trunc(ours / 4294967296) * 4294967296 + of_row::text::numeric;
BEGIN
    RETURN born >= ours AND pg_xact_status(born::text::xid8) = 'in progress';
END $function$;
