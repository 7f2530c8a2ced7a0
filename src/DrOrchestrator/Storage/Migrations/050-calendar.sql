-- What a calendar entry did at a fire time: the key keeps it to once, also when two processes fire, or one fires twice.
CREATE TABLE calendar_fire (
    schedule    TEXT   NOT NULL,
    fire_time   BIGINT NOT NULL,
    claimed_at  BIGINT NOT NULL,
    PRIMARY KEY (schedule, fire_time)
);
