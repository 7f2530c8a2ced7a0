-- Minutes of a probe by the hour (hours since the Unix epoch), for windows of years. "held" has a bit for every minute that is added up in the row, "looked" for those with a good or a failed result.
CREATE TABLE probe_hour (
    probe       TEXT             NOT NULL,
    hour        BIGINT           NOT NULL,
    epoch       TEXT             NOT NULL,
    held        BIGINT           NOT NULL,
    looked      BIGINT           NOT NULL,
    good        BIGINT           NOT NULL,
    failed      BIGINT           NOT NULL,
    not_looked  BIGINT           NOT NULL,
    latency     TEXT             NOT NULL,
    value_count BIGINT           NOT NULL,
    value_sum   DOUBLE PRECISION NULL,
    value_min   DOUBLE PRECISION NULL,
    value_max   DOUBLE PRECISION NULL,
    PRIMARY KEY (probe, hour, epoch)
);

-- Hours whose minutes are kept; those that are due have got minutes since they were rolled up.
CREATE TABLE probe_minutes_kept (
    hour  BIGINT NOT NULL,
    probe TEXT   NOT NULL,
    due   BIGINT NOT NULL,
    PRIMARY KEY (hour, probe)
);

CREATE INDEX probe_minutes_due ON probe_minutes_kept (probe, hour) WHERE due = 1;

INSERT INTO probe_minutes_kept (hour, probe, due) SELECT DISTINCT minute / 60, probe, 1 FROM probe_minute;
