-- Runs, their journal, their locks. The journal is append-only like the evidence it commits with.
CREATE TABLE drill_run (
    run BIGINT NOT NULL PRIMARY KEY,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NULL,
    lease_owner TEXT NULL,
    lease_epoch BIGINT NOT NULL DEFAULT 0,
    lease_renewed_at BIGINT NULL
);

CREATE TABLE drill_journal (
    run BIGINT NOT NULL REFERENCES drill_run (run),
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    step TEXT NULL,
    attempt BIGINT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, sequence)
);

-- One lock per system; all of a run's or none.
CREATE TABLE system_lock (
    system TEXT NOT NULL PRIMARY KEY,
    run BIGINT NOT NULL REFERENCES drill_run (run)
);

CREATE TABLE serving_site (
    system TEXT NOT NULL PRIMARY KEY,
    site TEXT NOT NULL,
    run BIGINT NOT NULL,
    since BIGINT NOT NULL
);
