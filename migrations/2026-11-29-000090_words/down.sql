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
CREATE OR REPLACE FUNCTION find_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO found_by VALUES (NEW.project_id, 'task', NEW.id, NEW.id,
        found_by_words(NEW.project_id, NEW.title, NEW.description, ''), NEW.deleted_version IS NOT NULL)
    ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words, deleted = excluded.deleted;
    RETURN NULL;
END
$$;
-- What was written by the version that goes is not in `found_by`.
INSERT INTO found_by
SELECT project_id, 'task', id, id, found_by_words(project_id, title, description, ''), deleted_version IS NOT NULL FROM tasks
ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words, deleted = excluded.deleted;
DELETE FROM found_by f USING comments c WHERE f.kind = 'comment' AND c.project_id = f.project_id AND c.id = f.id AND c.deleted;
INSERT INTO found_by
SELECT project_id, 'comment', id, task_id, found_by_words(project_id, '', body, ''), is_task_deleted(project_id, task_id)
FROM comments WHERE NOT deleted
ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words, deleted = excluded.deleted;
DROP TRIGGER comments_words_update ON comments;
DROP TRIGGER comments_words_insert ON comments;
DROP TRIGGER tasks_words_update ON tasks;
DROP TRIGGER tasks_words_insert ON tasks;
DROP FUNCTION writes_words_alone, mark_words_of_comment, mark_words_of_task;
DROP TABLE words_marks, words_fills, words;
