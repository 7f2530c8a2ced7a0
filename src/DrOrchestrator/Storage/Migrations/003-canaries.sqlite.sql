CREATE TRIGGER canary_marker_settled_once BEFORE UPDATE ON canary_marker
WHEN old.fate <> 'Sent' OR new.run <> old.run OR new.leg <> old.leg OR new.number <> old.number OR new.sent_at <> old.sent_at
BEGIN
    SELECT RAISE(ABORT, 'a marker is settled once and never rewritten');
END;

CREATE TRIGGER canary_marker_stays BEFORE DELETE ON canary_marker
BEGIN
    SELECT RAISE(ABORT, 'markers are never deleted');
END;
