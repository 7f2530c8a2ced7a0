-- What a trigger says when it refuses. Its one argument is the sentence.
CREATE FUNCTION dro_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

-- The evidence log: append-only, gapless.
CREATE TABLE evidence_record (
    seq       BIGINT NOT NULL PRIMARY KEY,
    header    BYTEA  NOT NULL,
    salt      BYTEA  NOT NULL,
    payload   BYTEA  NOT NULL,
    leaf_hash BYTEA  NOT NULL,
    kind      TEXT   NOT NULL,
    run       BIGINT NULL,
    system    TEXT   NULL
);

CREATE INDEX evidence_record_run ON evidence_record (run, seq);
CREATE INDEX evidence_record_opened ON evidence_record (run) WHERE kind = 'run.opened';

CREATE TABLE evidence_object (
    hash       TEXT  NOT NULL PRIMARY KEY,
    media_type TEXT  NOT NULL,
    bytes      BYTEA NOT NULL
);

CREATE TABLE evidence_checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    text TEXT   NOT NULL
);

CREATE TRIGGER evidence_record_no_update BEFORE UPDATE ON evidence_record
FOR EACH ROW EXECUTE FUNCTION dro_refuse('evidence is append-only: a record is never changed');

CREATE TRIGGER evidence_record_no_delete BEFORE DELETE ON evidence_record
FOR EACH ROW EXECUTE FUNCTION dro_refuse('evidence is append-only: a record is never deleted');

CREATE TRIGGER evidence_record_no_truncate BEFORE TRUNCATE ON evidence_record
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('evidence is append-only: a record is never deleted');

CREATE FUNCTION dro_evidence_gapless() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> (SELECT COALESCE(MAX(seq), -1) + 1 FROM evidence_record) THEN
        RAISE EXCEPTION 'evidence is gapless: only the next sequence number can be appended';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER evidence_record_gapless BEFORE INSERT ON evidence_record
FOR EACH ROW EXECUTE FUNCTION dro_evidence_gapless();

CREATE TRIGGER evidence_object_no_update BEFORE UPDATE ON evidence_object
FOR EACH ROW EXECUTE FUNCTION dro_refuse('evidence is append-only: an object is never changed');

CREATE TRIGGER evidence_object_no_delete BEFORE DELETE ON evidence_object
FOR EACH ROW EXECUTE FUNCTION dro_refuse('evidence is append-only: an object is never deleted');

CREATE TRIGGER evidence_object_no_truncate BEFORE TRUNCATE ON evidence_object
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('evidence is append-only: an object is never deleted');

CREATE TRIGGER evidence_checkpoint_no_update BEFORE UPDATE ON evidence_checkpoint
FOR EACH ROW EXECUTE FUNCTION dro_refuse('evidence is append-only: a checkpoint is never changed');

CREATE TRIGGER evidence_checkpoint_no_delete BEFORE DELETE ON evidence_checkpoint
FOR EACH ROW EXECUTE FUNCTION dro_refuse('evidence is append-only: a checkpoint is never deleted');

CREATE TRIGGER evidence_checkpoint_no_truncate BEFORE TRUNCATE ON evidence_checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('evidence is append-only: a checkpoint is never deleted');

CREATE FUNCTION dro_checkpoint_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= (SELECT MAX(size) FROM evidence_checkpoint) THEN
        RAISE EXCEPTION 'evidence is append-only: a checkpoint covers more than the one before';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER evidence_checkpoint_grows BEFORE INSERT ON evidence_checkpoint
FOR EACH ROW EXECUTE FUNCTION dro_checkpoint_grows();

-- Also where a session has switched ordinary triggers off.
ALTER TABLE evidence_record ENABLE ALWAYS TRIGGER evidence_record_no_update;
ALTER TABLE evidence_record ENABLE ALWAYS TRIGGER evidence_record_no_delete;
ALTER TABLE evidence_record ENABLE ALWAYS TRIGGER evidence_record_no_truncate;
ALTER TABLE evidence_record ENABLE ALWAYS TRIGGER evidence_record_gapless;
ALTER TABLE evidence_object ENABLE ALWAYS TRIGGER evidence_object_no_update;
ALTER TABLE evidence_object ENABLE ALWAYS TRIGGER evidence_object_no_delete;
ALTER TABLE evidence_object ENABLE ALWAYS TRIGGER evidence_object_no_truncate;
ALTER TABLE evidence_checkpoint ENABLE ALWAYS TRIGGER evidence_checkpoint_no_update;
ALTER TABLE evidence_checkpoint ENABLE ALWAYS TRIGGER evidence_checkpoint_no_delete;
ALTER TABLE evidence_checkpoint ENABLE ALWAYS TRIGGER evidence_checkpoint_no_truncate;
ALTER TABLE evidence_checkpoint ENABLE ALWAYS TRIGGER evidence_checkpoint_grows;

-- Not even the owner keeps the right; it would have to give it back to itself, on the server's record.
REVOKE UPDATE, DELETE, TRUNCATE ON evidence_record, evidence_object, evidence_checkpoint FROM PUBLIC, CURRENT_USER;
