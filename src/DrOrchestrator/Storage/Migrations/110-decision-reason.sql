-- Why a maintenance was called off; rows of before have none.
ALTER TABLE maintenance_decision ADD COLUMN reason TEXT NULL;
