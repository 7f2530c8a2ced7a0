CREATE TRIGGER timeline_interval_closed_stays BEFORE UPDATE ON timeline_interval
WHEN old.end_at IS NOT NULL OR new.subject <> old.subject OR new.number <> old.number OR new.state <> old.state OR new.start_earliest <> old.start_earliest
    OR new.start_at <> old.start_at OR new.start_latest <> old.start_latest OR new.reason <> old.reason
BEGIN
    SELECT RAISE(ABORT, 'timeline rows are closed once and never rewritten');
END;

CREATE TRIGGER timeline_interval_stays BEFORE DELETE ON timeline_interval
BEGIN
    SELECT RAISE(ABORT, 'timeline rows are never deleted');
END;
