-- The questions of a programme are published as a second person approved them.

CREATE FUNCTION public.dspp_guard_questions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal;
BEGIN
    IF dspp_owns_programmes() THEN
        RETURN NEW;
    END IF;
    p := dspp_carried_out();
    IF (p.kind = 'programme_questions' AND p.act = 'publish' AND p.subject = NEW.programme_id::text
        AND p.effective_from <= (now() AT TIME ZONE 'Asia/Phnom_Penh')::date
        AND p.payload -> 'questions' = NEW.questions
        AND NEW.number = (p.before ->> 'number')::int + 1
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'approval: the questions of a programme are published by two people';
    END IF;
    RETURN NEW;
END $function$;

CREATE TRIGGER guard_new BEFORE INSERT ON public.registry_questionsversion
FOR EACH ROW EXECUTE FUNCTION dspp_guard_questions();
