CREATE TRIGGER maintenance_entry_stays BEFORE UPDATE ON maintenance_entry
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER maintenance_entry_is_kept BEFORE DELETE ON maintenance_entry
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER maintenance_entry_no_truncate BEFORE TRUNCATE ON maintenance_entry
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

ALTER TABLE maintenance_entry ENABLE ALWAYS TRIGGER maintenance_entry_stays;
ALTER TABLE maintenance_entry ENABLE ALWAYS TRIGGER maintenance_entry_is_kept;
ALTER TABLE maintenance_entry ENABLE ALWAYS TRIGGER maintenance_entry_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON maintenance_entry FROM PUBLIC, CURRENT_USER;

CREATE TRIGGER maintenance_system_stays BEFORE UPDATE ON maintenance_system
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER maintenance_system_is_kept BEFORE DELETE ON maintenance_system
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER maintenance_system_no_truncate BEFORE TRUNCATE ON maintenance_system
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

ALTER TABLE maintenance_system ENABLE ALWAYS TRIGGER maintenance_system_stays;
ALTER TABLE maintenance_system ENABLE ALWAYS TRIGGER maintenance_system_is_kept;
ALTER TABLE maintenance_system ENABLE ALWAYS TRIGGER maintenance_system_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON maintenance_system FROM PUBLIC, CURRENT_USER;

CREATE TRIGGER maintenance_decision_stays BEFORE UPDATE ON maintenance_decision
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER maintenance_decision_is_kept BEFORE DELETE ON maintenance_decision
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER maintenance_decision_no_truncate BEFORE TRUNCATE ON maintenance_decision
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

ALTER TABLE maintenance_decision ENABLE ALWAYS TRIGGER maintenance_decision_stays;
ALTER TABLE maintenance_decision ENABLE ALWAYS TRIGGER maintenance_decision_is_kept;
ALTER TABLE maintenance_decision ENABLE ALWAYS TRIGGER maintenance_decision_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON maintenance_decision FROM PUBLIC, CURRENT_USER;

CREATE TRIGGER reported_outage_stays BEFORE UPDATE ON reported_outage
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER reported_outage_is_kept BEFORE DELETE ON reported_outage
FOR EACH ROW EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

CREATE TRIGGER reported_outage_no_truncate BEFORE TRUNCATE ON reported_outage
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('what is on record about maintenance and outages is never changed or deleted');

ALTER TABLE reported_outage ENABLE ALWAYS TRIGGER reported_outage_stays;
ALTER TABLE reported_outage ENABLE ALWAYS TRIGGER reported_outage_is_kept;
ALTER TABLE reported_outage ENABLE ALWAYS TRIGGER reported_outage_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON reported_outage FROM PUBLIC, CURRENT_USER;
