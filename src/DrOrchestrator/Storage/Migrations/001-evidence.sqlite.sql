-- The evidence log: append-only, gapless. seq is INTEGER (not BIGINT) because only that spelling makes it SQLite's row id.
CREATE TABLE evidence_record (
    seq INTEGER NOT NULL PRIMARY KEY,
    header BLOB NOT NULL,
    salt BLOB NOT NULL,
    payload BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    run BIGINT NULL,
    system TEXT NULL
);

CREATE INDEX evidence_record_run ON evidence_record (run, seq);
CREATE INDEX evidence_record_opened ON evidence_record (run) WHERE kind = 'run.opened';

CREATE TABLE evidence_object (
    hash TEXT NOT NULL PRIMARY KEY,
    media_type TEXT NOT NULL,
    bytes BLOB NOT NULL
);

CREATE TABLE evidence_checkpoint (
    size INTEGER NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
);

CREATE TRIGGER evidence_record_no_update BEFORE UPDATE ON evidence_record
BEGIN SELECT RAISE(ABORT, 'evidence is append-only: a record is never changed'); END;

CREATE TRIGGER evidence_record_no_delete BEFORE DELETE ON evidence_record
BEGIN SELECT RAISE(ABORT, 'evidence is append-only: a record is never deleted'); END;

-- Also what stops INSERT OR REPLACE, which fires no delete trigger.
CREATE TRIGGER evidence_record_gapless BEFORE INSERT ON evidence_record
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), -1) + 1 FROM evidence_record)
BEGIN SELECT RAISE(ABORT, 'evidence is gapless: only the next sequence number can be appended'); END;

CREATE TRIGGER evidence_object_no_update BEFORE UPDATE ON evidence_object
BEGIN SELECT RAISE(ABORT, 'evidence is append-only: an object is never changed'); END;

CREATE TRIGGER evidence_object_no_delete BEFORE DELETE ON evidence_object
BEGIN SELECT RAISE(ABORT, 'evidence is append-only: an object is never deleted'); END;

-- The same bytes kept twice are kept once.
CREATE TRIGGER evidence_object_once BEFORE INSERT ON evidence_object
WHEN EXISTS (SELECT 1 FROM evidence_object WHERE hash = NEW.hash)
BEGIN SELECT RAISE(IGNORE); END;

CREATE TRIGGER evidence_checkpoint_no_update BEFORE UPDATE ON evidence_checkpoint
BEGIN SELECT RAISE(ABORT, 'evidence is append-only: a checkpoint is never changed'); END;

CREATE TRIGGER evidence_checkpoint_no_delete BEFORE DELETE ON evidence_checkpoint
BEGIN SELECT RAISE(ABORT, 'evidence is append-only: a checkpoint is never deleted'); END;

CREATE TRIGGER evidence_checkpoint_grows BEFORE INSERT ON evidence_checkpoint
WHEN NEW.size <= (SELECT MAX(size) FROM evidence_checkpoint)
BEGIN SELECT RAISE(ABORT, 'evidence is append-only: a checkpoint covers more than the one before'); END;
