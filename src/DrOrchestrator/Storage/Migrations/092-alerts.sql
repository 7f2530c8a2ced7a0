-- Alert events: one row from raising to clearing. Times are microseconds UTC.
CREATE TABLE alert (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    system TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT
);

CREATE INDEX alert_open ON alert (cleared_at);
