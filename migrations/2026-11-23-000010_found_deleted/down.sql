DROP TRIGGER tasks_found_in_bin ON tasks;
DROP FUNCTION find_in_bin;
CREATE OR REPLACE FUNCTION find_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.deleted THEN
        DELETE FROM found_by WHERE project_id = NEW.project_id AND kind = 'comment' AND id = NEW.id;
    ELSE
        INSERT INTO found_by VALUES (NEW.project_id, 'comment', NEW.id, NEW.task_id,
            found_by_words(NEW.project_id, '', NEW.body, ''))
        ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words;
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION find_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO found_by VALUES (NEW.project_id, 'task', NEW.id, NEW.id,
        found_by_words(NEW.project_id, NEW.title, NEW.description, ''))
    ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;
DROP FUNCTION is_task_deleted;
ALTER TABLE found_by DROP COLUMN deleted;
