-- The newest transaction of each writing process: how a process whose connection was lost during a commit finds out what became of it.
CREATE TABLE write_marker (
    writer     TEXT        NOT NULL PRIMARY KEY,
    token      BIGINT      NOT NULL,
    written_at TIMESTAMPTZ NOT NULL
);
