-- How far the writes of a process have come, in the same transaction as what they wrote: a write that is tried again, after a crash or a commit nobody heard of, is known by its number.
CREATE TABLE spool_position (
    writer TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
