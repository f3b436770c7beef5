-- National Social Assistance Fund: whom to pay, one row for each household. Names in capitals, as some databases
-- write them: every one has to be quoted.
-- A made-up schema of the shape such a system would have, for demonstration and tests.

CREATE SCHEMA IF NOT EXISTS payment;

CREATE TABLE IF NOT EXISTS payment."PAYEE" (
    "HOUSEHOLD_NO" varchar(16) PRIMARY KEY,
    "PAYEE_SPID" varchar(12),
    "PAYEE_NAME" varchar(201),
    "COMMUNE" varchar(6),
    "TELEPHONE" varchar(16),
    "CLASS" char(1) CHECK ("CLASS" IN ('A', 'B')),
    "SOURCE" varchar(8) NOT NULL DEFAULT 'OWN',
    "CURRENCY" char(3) NOT NULL DEFAULT 'KHR',
    "SEQ" bigint,
    "STATUS" varchar(6) NOT NULL DEFAULT 'OPEN',
    "CLOSED_ON" char(8),
    "UPDATED_AT" timestamptz NOT NULL DEFAULT now()
);

-- Written by the fund when a household or a person is on its list, and for each sum it pays. Rows are only added.
CREATE TABLE IF NOT EXISTS payment."BOOKING" (
    "BOOKING_NO" bigserial PRIMARY KEY,
    "BOOKING_REF" varchar(40) NOT NULL UNIQUE,
    "KIND" varchar(6) NOT NULL,
    "SCHEME" varchar(10) NOT NULL,
    "PAYEE_NO" varchar(16) NOT NULL,
    "RESULT" varchar(8) NOT NULL,
    "VOUCHER" varchar(40),
    "RIEL" integer,
    "PAID_ON" date,
    "BOOKED_AT" timestamptz NOT NULL DEFAULT now()
);
