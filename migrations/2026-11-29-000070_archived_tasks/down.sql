-- What was archived stays off the board: it is in the bin.
DROP TRIGGER tasks_leave_archive ON tasks;
DROP FUNCTION leave_archive();
ALTER TABLE tasks DROP COLUMN archived_version;
