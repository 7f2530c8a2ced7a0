-- What vantage points see, for the server that decides: one row per vantage point that grows with every beat, one per probe that changes with its state. No records.
CREATE TABLE vantage_beat (
    vantage TEXT   NOT NULL PRIMARY KEY,
    epoch   TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    estate  TEXT   NOT NULL,
    controls BIGINT NOT NULL,
    looks   BIGINT NOT NULL,
    beat_at BIGINT NOT NULL
);

CREATE TABLE vantage_sight (
    vantage   TEXT   NOT NULL,
    probe     TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    state     TEXT   NOT NULL,
    since     BIGINT NULL,
    looked_at BIGINT NULL,
    reason    TEXT   NOT NULL,
    PRIMARY KEY (vantage, probe)
);

CREATE INDEX vantage_sight_changed ON vantage_sight (vantage, number);
