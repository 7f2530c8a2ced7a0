CREATE TRIGGER deciding_change_stays BEFORE UPDATE ON deciding_change
FOR EACH ROW EXECUTE FUNCTION dro_refuse('who decided for a system is never changed or deleted');

CREATE TRIGGER deciding_change_is_kept BEFORE DELETE ON deciding_change
FOR EACH ROW EXECUTE FUNCTION dro_refuse('who decided for a system is never changed or deleted');

CREATE TRIGGER deciding_change_no_truncate BEFORE TRUNCATE ON deciding_change
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('who decided for a system is never changed or deleted');

ALTER TABLE deciding_change ENABLE ALWAYS TRIGGER deciding_change_stays;
ALTER TABLE deciding_change ENABLE ALWAYS TRIGGER deciding_change_is_kept;
ALTER TABLE deciding_change ENABLE ALWAYS TRIGGER deciding_change_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON deciding_change FROM PUBLIC, CURRENT_USER;
