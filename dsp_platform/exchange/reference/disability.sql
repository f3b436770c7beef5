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

-- Written by the ministry when a request moves. Rows are only added.
CREATE TABLE IF NOT EXISTS di_assessment_outcome (
    outcome_id bigserial PRIMARY KEY,
    outcome_no varchar(40) NOT NULL UNIQUE,
    request_no varchar(16) NOT NULL,
    outcome_code integer NOT NULL,
    disability_level varchar(10),
    card_no varchar(40),
    remarks text,
    outcome_date date NOT NULL DEFAULT current_date
);
