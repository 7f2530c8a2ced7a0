CREATE TRIGGER canary_marker_settled_once BEFORE UPDATE ON canary_marker
FOR EACH ROW WHEN (old.fate <> 'Sent' OR new.run <> old.run OR new.leg <> old.leg OR new.number <> old.number OR new.sent_at <> old.sent_at)
EXECUTE FUNCTION dro_refuse('a marker is settled once and never rewritten');

CREATE TRIGGER canary_marker_stays BEFORE DELETE ON canary_marker
FOR EACH ROW EXECUTE FUNCTION dro_refuse('markers are never deleted');

CREATE TRIGGER canary_marker_no_truncate BEFORE TRUNCATE ON canary_marker
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('markers are never deleted');

ALTER TABLE canary_marker ENABLE ALWAYS TRIGGER canary_marker_settled_once;
ALTER TABLE canary_marker ENABLE ALWAYS TRIGGER canary_marker_stays;
ALTER TABLE canary_marker ENABLE ALWAYS TRIGGER canary_marker_no_truncate;
REVOKE DELETE, TRUNCATE ON canary_marker FROM PUBLIC, CURRENT_USER;
