CREATE TRIGGER drill_journal_no_update BEFORE UPDATE ON drill_journal
BEGIN
    SELECT RAISE(ABORT, 'the drill journal is append-only: rows are never updated');
END;

CREATE TRIGGER drill_journal_no_delete BEFORE DELETE ON drill_journal
BEGIN
    SELECT RAISE(ABORT, 'the drill journal is append-only: rows are never deleted');
END;
