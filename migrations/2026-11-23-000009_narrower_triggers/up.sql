-- A task's change writes only what it changes of how the task is found and listed. Most changes are of a title, a rank or a date:
-- their facets stay, and so does the one index over them.
CREATE FUNCTION list_task_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listed_by SET updated_at = NEW.updated_at, due_on = NEW.due_on, deleted = NEW.deleted_version IS NOT NULL, rank = NEW.rank
    WHERE project_id = NEW.project_id AND id = NEW.id;
    RETURN NULL;
END
$$;
DROP TRIGGER tasks_listed ON tasks;
CREATE TRIGGER tasks_listed_insert AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION list_task();
CREATE TRIGGER tasks_listed_update AFTER UPDATE ON tasks FOR EACH ROW
    WHEN ((OLD.labels, OLD.assignees, OLD.status, OLD.priority) IS DISTINCT FROM (NEW.labels, NEW.assignees, NEW.status, NEW.priority))
    EXECUTE FUNCTION list_task();
CREATE TRIGGER tasks_listed_update_alike AFTER UPDATE ON tasks FOR EACH ROW
    WHEN ((OLD.labels, OLD.assignees, OLD.status, OLD.priority) IS NOT DISTINCT FROM (NEW.labels, NEW.assignees, NEW.status, NEW.priority)
      AND (OLD.updated_at, OLD.due_on, OLD.deleted_version, OLD.rank)
          IS DISTINCT FROM (NEW.updated_at, NEW.due_on, NEW.deleted_version, NEW.rank))
    EXECUTE FUNCTION list_task_anew();

-- `listed_by` has the facets; nobody reads those in `found_by` any more. What is there of them goes when a text changes.
CREATE OR REPLACE FUNCTION find_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO found_by VALUES (NEW.project_id, 'task', NEW.id, NEW.id,
        found_by_words(NEW.project_id, NEW.title, NEW.description, ''))
    ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;
DROP TRIGGER tasks_found_update ON tasks;
CREATE TRIGGER tasks_found_update AFTER UPDATE ON tasks FOR EACH ROW
    WHEN (OLD.title IS DISTINCT FROM NEW.title OR OLD.description IS DISTINCT FROM NEW.description)
    EXECUTE FUNCTION find_task();
