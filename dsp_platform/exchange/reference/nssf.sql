-- National Social Security Fund: members and voluntary applications under their own keys, the SPID beside
-- them as a column, dates as text. A made-up schema of the shape such a system would have, for
-- demonstration and tests.

CREATE SCHEMA IF NOT EXISTS membership;

CREATE TABLE IF NOT EXISTS membership.insured_person (
    person_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    spid_no varchar(12) NOT NULL UNIQUE,
    family_name_kh text NOT NULL DEFAULT '',
    first_name_kh text NOT NULL DEFAULT '',
    name_latin text NOT NULL DEFAULT '',
    gender char(1),
    dob_text varchar(10),
    birth_year smallint,
    telephone varchar(16),
    id_document_type varchar(20),
    id_document_no varchar(64),
    commune varchar(6),
    household_ref varchar(16),
    sync_no bigint,
    status char(1) NOT NULL DEFAULT 'A',
    status_date varchar(10),
    created_on timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS membership.voluntary_application (
    application_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    portal_reference varchar(16) NOT NULL UNIQUE,
    scheme varchar(40),
    spid_no varchar(12),
    received_text varchar(10),
    portal_state varchar(12),
    precheck varchar(16),
    sync_no bigint,
    status char(1) NOT NULL DEFAULT 'A',
    status_date varchar(10)
);

CREATE TABLE IF NOT EXISTS membership.complaint (
    complaint_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    portal_reference varchar(16) NOT NULL UNIQUE,
    subject varchar(16),
    scheme varchar(40),
    spid_no varchar(12),
    portal_state varchar(12),
    received_text varchar(10),
    answer_by_text varchar(10),
    told text,
    sync_no bigint,
    status char(1) NOT NULL DEFAULT 'A',
    status_date varchar(10)
);

-- Written by NSSF when an application or a complaint moves, and about members: their number, and whether
-- contributions are paid. Rows are only added.
CREATE TABLE IF NOT EXISTS membership.application_decision (
    decision_id bigserial PRIMARY KEY,
    decision_no varchar(40) NOT NULL UNIQUE,
    about varchar(12) NOT NULL DEFAULT 'APPLICATION',
    portal_reference varchar(16),
    spid_no varchar(12),
    about_no varchar(16) GENERATED ALWAYS AS (coalesce(portal_reference, spid_no)) STORED,
    decision varchar(12) NOT NULL,
    scheme varchar(12),
    member_number varchar(40),
    message text,
    decided_text varchar(19) NOT NULL DEFAULT to_char(now() AT TIME ZONE 'Asia/Phnom_Penh', 'DD/MM/YYYY HH24:MI:SS')
);

-- Databases made by an earlier edition of this file get what is new.
ALTER TABLE membership.application_decision
    ALTER COLUMN portal_reference DROP NOT NULL,
    ADD COLUMN IF NOT EXISTS about varchar(12) NOT NULL DEFAULT 'APPLICATION',
    ADD COLUMN IF NOT EXISTS spid_no varchar(12),
    ADD COLUMN IF NOT EXISTS scheme varchar(12);
ALTER TABLE membership.application_decision
    ADD COLUMN IF NOT EXISTS about_no varchar(16) GENERATED ALWAYS AS (coalesce(portal_reference, spid_no)) STORED;
