-- National Payment Certification Agency, PMRS: one wide table of patients with codes instead of words.
-- A made-up schema of the shape such a system would have, for demonstration and tests.

CREATE TABLE IF NOT EXISTS patient_master (
    pm_id bigserial PRIMARY KEY,
    pm_spid char(12) UNIQUE,
    pm_name_kh varchar(201),
    pm_name_en varchar(201),
    pm_sex smallint CHECK (pm_sex IN (1, 2)),
    pm_dob date,
    pm_dob_precision char(1),
    pm_tel varchar(16),
    pm_vill char(8),
    pm_comm char(6),
    pm_hh varchar(16),
    pm_hef_cat char(2) CHECK (pm_hef_cat IN ('P1', 'P2', 'AR', 'NP')),
    pm_id_type smallint,
    pm_id_no varchar(64),
    pm_disab char(1),
    pm_preg char(1),
    pm_src char(4) NOT NULL DEFAULT 'HOSP',
    pm_rev bigint,
    pm_void char(1) NOT NULL DEFAULT 'N',
    pm_void_dt char(10),
    pm_last_upd timestamptz NOT NULL DEFAULT now()
);

-- Written by PMRS when a person's entitlement to the Health Equity Fund is certified. Rows are only added.
CREATE TABLE IF NOT EXISTS hef_certification (
    hc_seq bigserial PRIMARY KEY,
    hc_no varchar(40) NOT NULL UNIQUE,
    hc_spid char(12) NOT NULL,
    hc_result char(1) NOT NULL,
    hc_note varchar(500),
    hc_dt timestamp NOT NULL DEFAULT now()
);
