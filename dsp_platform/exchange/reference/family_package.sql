-- Ministry of Social Affairs, Family Package: households, persons and applications.
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
    birth_known_to varchar(5),
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

-- Written by the ministry when an application moves, a person enters or leaves, or money is paid. Rows are
-- only added.
CREATE TABLE IF NOT EXISTS fp_application_event (
    event_id bigserial PRIMARY KEY,
    event_ref varchar(40) NOT NULL UNIQUE,
    event_kind varchar(12) NOT NULL DEFAULT 'application',
    application_no varchar(16),
    person_or_household_no varchar(16),
    subject_no varchar(16) GENERATED ALWAYS AS (coalesce(application_no, person_or_household_no)) STORED,
    result varchar(12) NOT NULL,
    enrolment_no varchar(40),
    voucher_no varchar(40),
    own_no varchar(40) GENERATED ALWAYS AS (coalesce(voucher_no, enrolment_no)) STORED,
    riel integer,
    paid_on date,
    note varchar(500),
    event_at timestamptz NOT NULL DEFAULT now()
);

-- Databases made by an earlier edition of this file get what is new.
ALTER TABLE fp_application_event
    ALTER COLUMN application_no DROP NOT NULL,
    ADD COLUMN IF NOT EXISTS event_kind varchar(12) NOT NULL DEFAULT 'application',
    ADD COLUMN IF NOT EXISTS person_or_household_no varchar(16),
    ADD COLUMN IF NOT EXISTS voucher_no varchar(40),
    ADD COLUMN IF NOT EXISTS riel integer,
    ADD COLUMN IF NOT EXISTS paid_on date;
ALTER TABLE fp_application_event
    ADD COLUMN IF NOT EXISTS subject_no varchar(16)
        GENERATED ALWAYS AS (coalesce(application_no, person_or_household_no)) STORED,
    ADD COLUMN IF NOT EXISTS own_no varchar(40) GENERATED ALWAYS AS (coalesce(voucher_no, enrolment_no)) STORED;
