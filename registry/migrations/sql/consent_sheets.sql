-- A consent is only ended, never rewritten; but one whose text was printed on a sheet counts as signed once the
-- photo of that sheet is there.

CREATE OR REPLACE FUNCTION public.dspp_guard_consent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF (OLD.withdrawn_at IS NULL AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at') IS NOT TRUE
        AND (OLD.withdrawn_at IS NULL AND OLD.sheet <> '' AND NEW.channel = 'sheet'
            AND to_jsonb(NEW) - 'channel' = to_jsonb(OLD) - 'channel') IS NOT TRUE
        AND NOT dspp_owns_programmes()
    THEN
        RAISE EXCEPTION 'a consent is given once and withdrawn once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $function$;
