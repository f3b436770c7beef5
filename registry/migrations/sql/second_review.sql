-- Which decisions a second reviewer looks at changes only as a second person approved it; of a draft freely,
-- but it is published as it was read.

CREATE FUNCTION public.dspp_guard_second_review()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal;
BEGIN
    IF NEW.state = 'draft' AND OLD.state = 'draft' OR dspp_owns_programmes() THEN
        RETURN NEW;
    END IF;
    p := dspp_programme_proposal(OLD.id);
    IF (dspp_changes_as_read(
            OLD.second_review_share::text, NEW.second_review_share::text,
            p.before ->> 'second_review_share', p.payload ->> 'second_review_share'
        )
        AND dspp_changes_as_read(
            OLD.second_review_above::text, NEW.second_review_above::text,
            p.before ->> 'second_review_above', p.payload ->> 'second_review_above'
        )
        AND (OLD.state <> 'draft' OR (
            OLD.second_review_share::text IS NOT DISTINCT FROM p.before ->> 'second_review_share'
            AND OLD.second_review_above::text IS NOT DISTINCT FROM p.before ->> 'second_review_above'
        ))
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'approval: second reviews of a programme change by two people';
    END IF;
    RETURN NEW;
END $function$;

CREATE TRIGGER guard_second_review BEFORE UPDATE ON public.registry_programme
FOR EACH ROW
WHEN ((old.state, old.second_review_share, old.second_review_above)
        IS DISTINCT FROM (new.state, new.second_review_share, new.second_review_above))
EXECUTE FUNCTION dspp_guard_second_review();
