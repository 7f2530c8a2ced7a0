-- Assessments of image and manifest changes; in force once a second person has confirmed them.
CREATE TABLE change_assessment (
    id BIGINT NOT NULL PRIMARY KEY,
    system TEXT NOT NULL,
    part TEXT NOT NULL,
    value TEXT NOT NULL,
    unaffected BIGINT NOT NULL,
    reason TEXT NOT NULL,
    assessed_by TEXT NOT NULL,
    assessed_at BIGINT NOT NULL,
    confirmed_by TEXT,
    confirmed_at BIGINT
);
