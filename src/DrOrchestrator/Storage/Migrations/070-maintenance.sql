-- What people put on record about availability. Rows are only ever added: times never change, words are never taken back.
CREATE TABLE maintenance_entry (
    number        BIGINT NOT NULL PRIMARY KEY,
    change_number TEXT   NOT NULL,
    start_at      BIGINT NOT NULL,
    end_at        BIGINT NOT NULL,
    reason        TEXT   NOT NULL,
    notice_us     BIGINT NOT NULL,
    requested_by  TEXT   NOT NULL,
    requested_at  BIGINT NOT NULL
);

CREATE TABLE maintenance_system (
    number BIGINT NOT NULL,
    system TEXT   NOT NULL,
    PRIMARY KEY (number, system)
);

CREATE TABLE maintenance_decision (
    number     BIGINT NOT NULL,
    decision   TEXT   NOT NULL,
    decided_by TEXT   NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (number, decision)
);

CREATE TABLE reported_outage (
    number        BIGINT NOT NULL PRIMARY KEY,
    system        TEXT   NOT NULL,
    from_at       BIGINT NOT NULL,
    to_at         BIGINT NOT NULL,
    source        TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    change_number TEXT   NULL,
    recorded_by   TEXT   NOT NULL,
    recorded_at   BIGINT NOT NULL
);
