-- The version of the event that archived a task. `deleted_version` is the same then: whatever is not about the archive treats
-- the task as it treats one in the bin, indexes and instances of the version before among it. When the task goes from the
-- archive into the bin, `deleted_version` alone is another one.
ALTER TABLE tasks ADD COLUMN archived_version bigint;
CREATE INDEX tasks_archived ON tasks (project_id, rank) WHERE archived_version IS NOT NULL;

-- For an instance of the version before an archived task is in the bin, and a restore brings it back to the board.
CREATE FUNCTION leave_archive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.archived_version := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER tasks_leave_archive BEFORE UPDATE ON tasks FOR EACH ROW
    WHEN (NEW.deleted_version IS NULL AND NEW.archived_version IS NOT NULL)
    EXECUTE FUNCTION leave_archive();
