CREATE TRIGGER deciding_change_stays BEFORE UPDATE ON deciding_change
BEGIN
    SELECT RAISE(ABORT, 'who decided for a system is never changed or deleted');
END;

CREATE TRIGGER deciding_change_is_kept BEFORE DELETE ON deciding_change
BEGIN
    SELECT RAISE(ABORT, 'who decided for a system is never changed or deleted');
END;
