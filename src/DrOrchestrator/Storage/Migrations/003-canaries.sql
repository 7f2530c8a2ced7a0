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

CREATE TRIGGER canary_marker_settled_once BEFORE UPDATE ON canary_marker
WHEN old.fate <> 'Sent' OR new.run <> old.run OR new.leg <> old.leg OR new.number <> old.number OR new.sent_at <> old.sent_at
BEGIN
    SELECT RAISE(ABORT, 'a marker is settled once and never rewritten');
END;

CREATE TRIGGER canary_marker_stays BEFORE DELETE ON canary_marker
BEGIN
    SELECT RAISE(ABORT, 'markers are never deleted');
END;
