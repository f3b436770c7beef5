-- National Social Assistance Fund, Family Package: households, persons and applications.
-- A made-up schema of the shape such a system would have, for demonstration and tests.

CREATE TABLE IF NOT EXISTS fp_household (
    household_no varchar(16) PRIMARY KEY,
    head_spid varchar(12),
    head_name varchar(201),
    commune_code varchar(6),
    village_code varchar(8),
    persons integer,
    phone varchar(16),
    equity_level integer,
    dspp_version bigint NOT NULL DEFAULT 0,
    deleted boolean NOT NULL DEFAULT false,
    deleted_on date
);

CREATE TABLE IF NOT EXISTS fp_person (
    spid varchar(12) PRIMARY KEY,
    household_no varchar(16),
    full_name varchar(201),
    sex char(1),
    birth_date date,
    relation varchar(20),
    is_head boolean,
    component_pregnancy boolean,
    component_disability boolean,
    component_scholarship boolean,
    dspp_version bigint NOT NULL DEFAULT 0,
    deleted boolean NOT NULL DEFAULT false,
    deleted_on date
);
CREATE INDEX IF NOT EXISTS fp_person_household ON fp_person (household_no);

CREATE TABLE IF NOT EXISTS fp_application (
    application_no varchar(16) PRIMARY KEY,
    programme varchar(40),
    spid varchar(12),
    household_no varchar(16),
    state varchar(12),
    precheck varchar(16),
    applied_on date,
    dspp_version bigint NOT NULL DEFAULT 0,
    deleted boolean NOT NULL DEFAULT false,
    deleted_on date
);

-- Written by the fund when an application moves. Rows are only added.
CREATE TABLE IF NOT EXISTS fp_application_event (
    event_id bigserial PRIMARY KEY,
    event_ref varchar(40) NOT NULL UNIQUE,
    application_no varchar(16) NOT NULL,
    result varchar(12) NOT NULL,
    enrolment_no varchar(40),
    note varchar(500),
    event_at timestamptz NOT NULL DEFAULT now()
);
