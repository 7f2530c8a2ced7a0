-- 1 from the moment an owner lets a run go, to wait for a person or an hour, until the next one claims it. What waits already was let go.
ALTER TABLE drill_run ADD COLUMN lease_let_go BIGINT NOT NULL DEFAULT 0;

UPDATE drill_run SET lease_let_go = 1 WHERE closed_at IS NULL AND 'run.waiting' = (
    SELECT kind FROM drill_journal j WHERE j.run = drill_run.run AND j.sequence = (SELECT MAX(sequence) FROM drill_journal WHERE run = drill_run.run));
