-- How many seconds a sample speaks for, whether anybody looked in it, and whether commits were proven to wait for the standby.
ALTER TABLE exposure_second ADD COLUMN covers BIGINT NOT NULL DEFAULT 1;
ALTER TABLE exposure_second ADD COLUMN carried BIGINT NOT NULL DEFAULT 0;
ALTER TABLE exposure_second ADD COLUMN synchronous BIGINT NOT NULL DEFAULT 0;
ALTER TABLE exposure_second ADD COLUMN best_ms BIGINT NULL;

ALTER TABLE exposure_minute ADD COLUMN best_ms BIGINT NULL;
ALTER TABLE exposure_minute ADD COLUMN synchronous_seconds BIGINT NOT NULL DEFAULT 0;

-- Stretches of synchrony: a row is written at every change and made longer now and then; what no row covers is unknown.
CREATE TABLE synchrony_interval (
    system  TEXT   NOT NULL,
    standby TEXT   NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    state   TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    PRIMARY KEY (system, standby, from_at)
);
