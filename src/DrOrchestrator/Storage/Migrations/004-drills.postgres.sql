CREATE TRIGGER drill_journal_no_update BEFORE UPDATE ON drill_journal
FOR EACH ROW EXECUTE FUNCTION dro_refuse('the drill journal is append-only: rows are never updated');

CREATE TRIGGER drill_journal_no_delete BEFORE DELETE ON drill_journal
FOR EACH ROW EXECUTE FUNCTION dro_refuse('the drill journal is append-only: rows are never deleted');

CREATE TRIGGER drill_journal_no_truncate BEFORE TRUNCATE ON drill_journal
FOR EACH STATEMENT EXECUTE FUNCTION dro_refuse('the drill journal is append-only: rows are never deleted');

ALTER TABLE drill_journal ENABLE ALWAYS TRIGGER drill_journal_no_update;
ALTER TABLE drill_journal ENABLE ALWAYS TRIGGER drill_journal_no_delete;
ALTER TABLE drill_journal ENABLE ALWAYS TRIGGER drill_journal_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON drill_journal FROM PUBLIC, CURRENT_USER;
