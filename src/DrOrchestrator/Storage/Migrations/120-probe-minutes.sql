-- What one process saw of one probe in one minute (minutes since the Unix epoch): totals, never increments, so that a row written twice counts once.
CREATE TABLE probe_minute (
    probe       TEXT             NOT NULL,
    minute      BIGINT           NOT NULL,
    epoch       TEXT             NOT NULL,
    good        BIGINT           NOT NULL,
    failed      BIGINT           NOT NULL,
    not_looked  BIGINT           NOT NULL,
    latency     TEXT             NOT NULL,
    value_count BIGINT           NOT NULL,
    value_sum   DOUBLE PRECISION NULL,
    value_min   DOUBLE PRECISION NULL,
    value_max   DOUBLE PRECISION NULL,
    PRIMARY KEY (probe, minute, epoch)
);
