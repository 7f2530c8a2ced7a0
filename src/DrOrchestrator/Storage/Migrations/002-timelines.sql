-- One row per change of state. A row is written open (end_at null), closed once, and never touched again.
CREATE TABLE timeline_interval (
    subject        TEXT   NOT NULL,
    number         BIGINT NOT NULL,
    state          TEXT   NOT NULL,
    start_earliest BIGINT NOT NULL,
    start_at       BIGINT NOT NULL,
    start_latest   BIGINT NOT NULL,
    end_earliest   BIGINT NULL,
    end_at         BIGINT NULL,
    end_latest     BIGINT NULL,
    reason         TEXT   NOT NULL,
    PRIMARY KEY (subject, number)
);

CREATE UNIQUE INDEX timeline_interval_open ON timeline_interval (subject) WHERE end_at IS NULL;
CREATE INDEX timeline_interval_window ON timeline_interval (subject, start_earliest);

CREATE TABLE timeline_blip (
    subject TEXT   NOT NULL,
    within  TEXT   NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL
);

CREATE INDEX timeline_blip_window ON timeline_blip (subject, from_at);

CREATE TABLE timeline_observed (
    subject             TEXT   NOT NULL PRIMARY KEY,
    until               BIGINT NOT NULL,
    last_good_started   BIGINT NULL,
    last_failed_started BIGINT NULL
);

-- The largest exposure seen in each second (kept for a day) and in each minute (kept).
CREATE TABLE exposure_second (
    system   TEXT   NOT NULL,
    standby  TEXT   NOT NULL,
    second   BIGINT NOT NULL,
    worst_ms BIGINT NULL,
    state    TEXT   NOT NULL,
    PRIMARY KEY (system, standby, second)
);

CREATE TABLE exposure_minute (
    system                TEXT   NOT NULL,
    standby               TEXT   NOT NULL,
    minute                BIGINT NOT NULL,
    worst_ms              BIGINT NULL,
    seconds               BIGINT NOT NULL,
    not_protected_seconds BIGINT NOT NULL,
    unknown_seconds       BIGINT NOT NULL,
    PRIMARY KEY (system, standby, minute)
);
