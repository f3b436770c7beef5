-- Ministry of Social Affairs, disability identification: year of birth as a number, yes and no as 1 and 0.
-- A made-up schema of the shape such a system would have, for demonstration and tests.

CREATE TABLE IF NOT EXISTS di_person (
    id bigserial PRIMARY KEY,
    social_protection_id char(12) NOT NULL UNIQUE,
    name_km varchar(201),
    name_latin varchar(201),
    sex integer,
    year_of_birth integer,
    village varchar(8),
    phone varchar(16),
    declared_disability integer,
    goes_to_school integer,
    has_work integer,
    change_no bigint NOT NULL DEFAULT 0,
    is_void integer NOT NULL DEFAULT 0,
    void_date integer
);

CREATE TABLE IF NOT EXISTS di_assessment_request (
    request_no varchar(16) PRIMARY KEY,
    social_protection_id char(12),
    programme varchar(40),
    state_code integer,
    requested_on date,
    change_no bigint NOT NULL DEFAULT 0,
    is_void integer NOT NULL DEFAULT 0
);

-- Written by the ministry when a request moves, and when a disability has been identified: its level by number
-- (10 none, 11 severe, 12 medium, 13 mild) and the card. Rows are only added.
CREATE TABLE IF NOT EXISTS di_assessment_outcome (
    outcome_id bigserial PRIMARY KEY,
    outcome_no varchar(40) NOT NULL UNIQUE,
    outcome_kind char(1) NOT NULL DEFAULT 'R',
    request_no varchar(16),
    social_protection_id char(12),
    subject_no varchar(16) GENERATED ALWAYS AS (coalesce(request_no, social_protection_id::varchar)) STORED,
    outcome_code integer NOT NULL,
    card_no varchar(40),
    remarks text,
    outcome_date date NOT NULL DEFAULT current_date
);

-- Databases made by an earlier edition of this file get what is new.
ALTER TABLE di_assessment_outcome
    ALTER COLUMN request_no DROP NOT NULL,
    ADD COLUMN IF NOT EXISTS outcome_kind char(1) NOT NULL DEFAULT 'R',
    ADD COLUMN IF NOT EXISTS social_protection_id char(12);
ALTER TABLE di_assessment_outcome
    ADD COLUMN IF NOT EXISTS subject_no varchar(16)
        GENERATED ALWAYS AS (coalesce(request_no, social_protection_id::varchar)) STORED;
