-- Ministry of Planning, IDPoor: households to be assessed and their members, apart; Khmer names only.
-- A made-up schema of the shape such a system would have, for demonstration and tests.

CREATE TABLE IF NOT EXISTS hh_request (
    hh_code varchar(16) PRIMARY KEY,
    head_spid char(12),
    head_name_kh varchar(201),
    village_code char(8),
    address_kh varchar(200),
    member_total smallint,
    contact_phone varchar(16),
    source varchar(10) NOT NULL DEFAULT 'FIELD',
    row_version bigint,
    removed boolean NOT NULL DEFAULT false,
    removed_on date,
    loaded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS hh_request_member (
    spid char(12) PRIMARY KEY,
    hh_code varchar(16),
    surname_kh varchar(100),
    given_name_kh varchar(100),
    sex_kh varchar(5) CHECK (sex_kh IN ('ស្រី', 'ប្រុស')),
    date_of_birth date,
    birth_year smallint,
    relation_code smallint,
    has_disability smallint,
    is_pregnant smallint,
    is_pupil smallint,
    has_work smallint,
    row_version bigint,
    removed boolean NOT NULL DEFAULT false,
    removed_on date,
    loaded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS hh_request_member_household ON hh_request_member (hh_code);

-- Written by IDPoor when a household has been assessed. Rows are only added.
CREATE TABLE IF NOT EXISTS assessment_result (
    result_id bigserial PRIMARY KEY,
    result_no varchar(40) NOT NULL UNIQUE,
    hh_code varchar(16) NOT NULL,
    level_kh varchar(30) NOT NULL,
    equity_card_no varchar(40),
    valid_until date,
    remark varchar(500),
    decided_at timestamptz NOT NULL DEFAULT now()
);
