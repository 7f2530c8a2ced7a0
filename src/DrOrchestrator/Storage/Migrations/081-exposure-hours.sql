-- Minutes by the hour, for windows of years: an hour behind the newest minute is complete. Where its bounds leave a question open, its minutes are asked.
CREATE TABLE exposure_hour (
    system                TEXT   NOT NULL,
    standby               TEXT   NOT NULL,
    hour                  BIGINT NOT NULL,
    worst_ms              BIGINT NULL,
    best_ms               BIGINT NULL,
    seconds               BIGINT NOT NULL,
    not_protected_seconds BIGINT NOT NULL,
    unknown_seconds       BIGINT NOT NULL,
    synchronous_seconds   BIGINT NOT NULL,
    first_minute          BIGINT NOT NULL,
    PRIMARY KEY (system, standby, hour)
);

INSERT INTO exposure_hour (system, standby, hour, worst_ms, best_ms, seconds, not_protected_seconds, unknown_seconds, synchronous_seconds, first_minute)
SELECT system, standby, minute / 60, MAX(worst_ms), MIN(best_ms), CAST(SUM(seconds) AS BIGINT), CAST(SUM(not_protected_seconds) AS BIGINT),
       CAST(SUM(unknown_seconds) AS BIGINT), CAST(SUM(synchronous_seconds) AS BIGINT), MIN(minute)
FROM exposure_minute GROUP BY system, standby, minute / 60;
