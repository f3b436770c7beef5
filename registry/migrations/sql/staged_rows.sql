-- Half of each page stays free: a row is written again when it is compared and when it is applied, and finds
-- its new place on its own page. So none of the four indexes is told of it.

ALTER TABLE public.registry_stagedrow SET (fillfactor = 45);

-- The platform, which owns no table, has it counted once the rows of a file are there: without statistics
-- PostgreSQL takes the rows of one run for few, and goes through all of them where it should look some up.

CREATE FUNCTION public.dspp_analyze_staged_rows()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
    -- The columns of its indexes: of the others nobody asks, and keys of matching take long to count.
    ANALYZE public.registry_stagedrow (run_id, number, place, reference, household);
END $function$;
