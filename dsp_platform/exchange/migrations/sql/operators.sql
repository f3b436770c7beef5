-- How an operator is reached stays, unless a second person approved another address.

CREATE FUNCTION public.dspp_guard_operator()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        AND EXISTS (SELECT FROM exchange_agreement WHERE operator_id = OLD.code AND state <> 'draft')
    THEN
        RAISE EXCEPTION 'approval: an operator stays where two people approved sharing with it';
    END IF;
    RETURN NEW;
END $function$;

CREATE TRIGGER guard_operator BEFORE UPDATE ON public.exchange_operator
FOR EACH ROW
WHEN ((old.code, old.adapter, old.address, old.status_mapping, old.name_km, old.name_en, old.system_km, old.system_en)
        IS DISTINCT FROM (new.code, new.adapter, new.address, new.status_mapping, new.name_km, new.name_en,
            new.system_km, new.system_en))
EXECUTE FUNCTION dspp_guard_operator();
