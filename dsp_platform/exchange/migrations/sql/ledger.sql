-- Each change of what is wanted gets the next number. docs/adr/0005-the-ledgers-own-revision.md
CREATE SEQUENCE exchange_revision;
-- Rows are updated in place as long as a page has room: no index grows by it.
ALTER TABLE exchange_ledgerentry SET (fillfactor = 50);
-- A lease lives for a second: to compress what it carries takes longer than to write it.
ALTER TABLE exchange_lease ALTER entries SET STORAGE EXTERNAL;
