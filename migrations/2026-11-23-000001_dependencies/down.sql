DROP INDEX tasks_deleted;
DROP INDEX tasks_parent;
DROP TABLE dependencies;
ALTER TABLE projects DROP COLUMN fields, DROP COLUMN labels;
