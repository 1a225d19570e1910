CREATE OR REPLACE FUNCTION find_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO found_by VALUES (NEW.project_id, 'task', NEW.id, NEW.id,
        found_by_words(NEW.project_id, NEW.title, NEW.description, task_facets(NEW.labels, NEW.assignees)))
    ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;
DROP TRIGGER tasks_found_update ON tasks;
CREATE TRIGGER tasks_found_update AFTER UPDATE ON tasks FOR EACH ROW
    WHEN (OLD.labels IS DISTINCT FROM NEW.labels OR OLD.assignees IS DISTINCT FROM NEW.assignees
       OR OLD.title IS DISTINCT FROM NEW.title OR OLD.description IS DISTINCT FROM NEW.description)
    EXECUTE FUNCTION find_task();
DROP TRIGGER tasks_listed_insert ON tasks;
DROP TRIGGER tasks_listed_update ON tasks;
DROP TRIGGER tasks_listed_update_alike ON tasks;
CREATE TRIGGER tasks_listed AFTER INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION list_task();
DROP FUNCTION list_task_anew;
