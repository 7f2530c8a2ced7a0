-- What each plan would run on, part by part: one row per change (verdict rule 10). Times are microseconds UTC.
CREATE TABLE fingerprint_part (
    plan TEXT NOT NULL,
    part TEXT NOT NULL,
    value TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (plan, part, seen_at)
);
