CREATE TRIGGER timeline_interval_closed_stays BEFORE UPDATE ON timeline_interval
FOR EACH ROW WHEN (old.end_at IS NOT NULL OR new.subject <> old.subject OR new.number <> old.number OR new.state <> old.state OR new.start_earliest <> old.start_earliest
    OR new.start_at <> old.start_at OR new.start_latest <> old.start_latest OR new.reason <> old.reason)
EXECUTE FUNCTION dro_refuse('timeline rows are closed once and never rewritten');

CREATE TRIGGER timeline_interval_stays BEFORE DELETE ON timeline_interval
FOR EACH ROW EXECUTE FUNCTION dro_refuse('timeline rows are never deleted');

CREATE TRIGGER timeline_interval_no_truncate BEFORE TRUNCATE ON timeline_interval
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('timeline rows are never deleted');

ALTER TABLE timeline_interval ENABLE ALWAYS TRIGGER timeline_interval_closed_stays;
ALTER TABLE timeline_interval ENABLE ALWAYS TRIGGER timeline_interval_stays;
ALTER TABLE timeline_interval ENABLE ALWAYS TRIGGER timeline_interval_no_truncate;
REVOKE DELETE, TRUNCATE ON timeline_interval FROM PUBLIC, CURRENT_USER;
