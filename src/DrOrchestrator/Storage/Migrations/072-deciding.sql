-- Which subjects of the ledger decide for which system: one row per change, from the moment an estate was put in force. Rows are only ever added.
-- part: probe, interrupting-floor, degrading-floor; none where the subject stops deciding.
CREATE TABLE deciding_change (
    number     BIGINT NOT NULL PRIMARY KEY,
    system     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    part       TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);
