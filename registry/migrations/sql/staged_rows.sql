-- Half of each page stays free: a row is written again when it is compared and when it is applied, and finds
-- its new place on its own page. So none of the four indexes is told of it.

ALTER TABLE public.registry_stagedrow SET (fillfactor = 45);
