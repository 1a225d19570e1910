-- Commands hold their project's row before anything else: nobody is half-way through several tables while these change.
LOCK TABLE projects IN EXCLUSIVE MODE;

-- What is found says itself whether its task is in the bin: a search looks at nothing else to choose its candidates.
ALTER TABLE found_by ADD COLUMN deleted boolean NOT NULL DEFAULT false;

CREATE FUNCTION is_task_deleted(project_id uuid, task_id uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN
    EXISTS (SELECT FROM tasks t WHERE t.project_id = $1 AND t.id = $2 AND t.deleted_version IS NOT NULL);

CREATE OR REPLACE FUNCTION find_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO found_by VALUES (NEW.project_id, 'task', NEW.id, NEW.id,
        found_by_words(NEW.project_id, NEW.title, NEW.description, ''), NEW.deleted_version IS NOT NULL)
    ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words, deleted = excluded.deleted;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION find_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.deleted THEN
        DELETE FROM found_by WHERE project_id = NEW.project_id AND kind = 'comment' AND id = NEW.id;
    ELSE
        INSERT INTO found_by VALUES (NEW.project_id, 'comment', NEW.id, NEW.task_id,
            found_by_words(NEW.project_id, '', NEW.body, ''), is_task_deleted(NEW.project_id, NEW.task_id))
        ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words, deleted = excluded.deleted;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION find_in_bin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE found_by SET deleted = NEW.deleted_version IS NOT NULL
    WHERE project_id = NEW.project_id AND kind = 'task' AND id = NEW.id;
    UPDATE found_by SET deleted = NEW.deleted_version IS NOT NULL
    WHERE project_id = NEW.project_id AND kind = 'comment'
      AND id = ANY (ARRAY(SELECT c.id FROM comments c WHERE c.project_id = NEW.project_id AND c.task_id = NEW.id));
    RETURN NULL;
END
$$;
CREATE TRIGGER tasks_found_in_bin AFTER UPDATE ON tasks FOR EACH ROW
    WHEN ((OLD.deleted_version IS NULL) <> (NEW.deleted_version IS NULL))
    EXECUTE FUNCTION find_in_bin();

UPDATE found_by f SET deleted = true
FROM tasks t WHERE t.project_id = f.project_id AND t.id = f.task_id AND t.deleted_version IS NOT NULL;
