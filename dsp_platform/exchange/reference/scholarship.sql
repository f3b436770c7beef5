-- Ministry of Education, scholarships and school feeding: one table of pupils that both systems read; its own
-- key that means nothing, the day, month and year of birth as three numbers, true and false.
-- A made-up schema of the shape such a system would have, for demonstration and tests.

CREATE SCHEMA IF NOT EXISTS school;

CREATE TABLE IF NOT EXISTS school.pupil (
    pupil_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    spid varchar(12) NOT NULL UNIQUE,
    surname varchar(100) NOT NULL DEFAULT '',
    given_name varchar(100) NOT NULL DEFAULT '',
    latin_name varchar(201) NOT NULL DEFAULT '',
    is_girl boolean,
    birth_day smallint,
    birth_month smallint,
    birth_year smallint,
    birth_known_to varchar(5),
    village varchar(8),
    family_no varchar(16),
    at_school varchar(3),
    equity_card_level smallint,
    revision bigint NOT NULL DEFAULT 0,
    gone boolean NOT NULL DEFAULT false,
    received_at timestamptz NOT NULL DEFAULT now()
);

-- Written by either system when a pupil gets a scholarship or meals, or no longer does. Rows are only added.
CREATE TABLE IF NOT EXISTS school.award (
    award_seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    award_no varchar(40) NOT NULL UNIQUE,
    scheme varchar(12) NOT NULL CHECK (scheme IN ('SCHOLARSHIP', 'SFIS')),
    spid varchar(12) NOT NULL,
    award_state varchar(8) NOT NULL,
    from_day char(10) NOT NULL DEFAULT to_char(now() AT TIME ZONE 'Asia/Phnom_Penh', 'DD.MM.YYYY')
);
