-- A marker is on record as sent before it goes out, and gets its fate before the next one does.
CREATE TABLE canary_marker (
    run         BIGINT NOT NULL,
    leg         TEXT   NOT NULL,
    number      BIGINT NOT NULL,
    sent_at     BIGINT NOT NULL,
    answered_at BIGINT NULL,
    fate        TEXT   NOT NULL,
    position    BIGINT NULL,
    PRIMARY KEY (run, leg, number)
);
