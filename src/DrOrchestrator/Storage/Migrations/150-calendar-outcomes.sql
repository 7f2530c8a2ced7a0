-- What became of each fire time: one word, the run it opened, a sentence for people, and for gates their results (JSON). Rows of before have none: they are findings.
ALTER TABLE calendar_fire ADD COLUMN outcome TEXT;
ALTER TABLE calendar_fire ADD COLUMN run BIGINT;
ALTER TABLE calendar_fire ADD COLUMN text TEXT;
ALTER TABLE calendar_fire ADD COLUMN gates TEXT;

-- Schedules as they were last put in force, so that times that passed while nobody looked are judged by what was in force then. Microseconds UTC.
CREATE TABLE calendar_schedule (
    schedule    TEXT   NOT NULL PRIMARY KEY,
    definition  TEXT   NOT NULL,
    since       BIGINT NOT NULL
);
