CREATE TRIGGER maintenance_entry_stays BEFORE UPDATE ON maintenance_entry
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;

CREATE TRIGGER maintenance_entry_is_kept BEFORE DELETE ON maintenance_entry
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;

CREATE TRIGGER maintenance_system_stays BEFORE UPDATE ON maintenance_system
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;

CREATE TRIGGER maintenance_system_is_kept BEFORE DELETE ON maintenance_system
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;

CREATE TRIGGER maintenance_decision_stays BEFORE UPDATE ON maintenance_decision
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;

CREATE TRIGGER maintenance_decision_is_kept BEFORE DELETE ON maintenance_decision
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;

CREATE TRIGGER reported_outage_stays BEFORE UPDATE ON reported_outage
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;

CREATE TRIGGER reported_outage_is_kept BEFORE DELETE ON reported_outage
BEGIN
    SELECT RAISE(ABORT, 'what is on record about maintenance and outages is never changed or deleted');
END;
