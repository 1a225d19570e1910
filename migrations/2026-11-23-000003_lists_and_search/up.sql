-- Lists and search: an index for each order, and for each task and comment the words it is found by.

-- The orders of the task list. A task without a date comes last, as if it were due after everything else.
CREATE FUNCTION priority_order(priority text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE priority WHEN 'none' THEN 0 WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 WHEN 'urgent' THEN 4 END;
CREATE INDEX tasks_column ON tasks (project_id, status, rank) WHERE deleted_version IS NULL;
CREATE INDEX tasks_updated ON tasks (project_id, updated_at, id) WHERE deleted_version IS NULL;
CREATE INDEX tasks_due ON tasks (project_id, (coalesce(due_on, 'infinity')), id) WHERE deleted_version IS NULL;
CREATE INDEX tasks_priority ON tasks (project_id, priority_order(priority), id) WHERE deleted_version IS NULL;
CREATE INDEX tasks_created_by ON tasks (project_id, created_by);
DROP INDEX tasks_status; -- tasks_column begins with the same

-- What a task or a comment is found by: its words, and for a task its labels ('=l' and the key) and assignees ('=a' and the
-- id, or 'none'). A table of its own, so that moving a task does not write its words again. Triggers write it: they cannot
-- be forgotten, and instances of the version before keep it too.
CREATE TABLE found_by (
    project_id uuid NOT NULL,
    kind       text COLLATE "C" NOT NULL CHECK (kind IN ('task', 'comment')),
    id         uuid NOT NULL,
    task_id    uuid NOT NULL,
    words      tsvector NOT NULL,
    PRIMARY KEY (project_id, kind, id)
);
-- Each word begins with its project's mark: what a project's words cost, also by their beginnings, does not depend on how
-- many other projects there are. The pending list makes writes cheap, but every search reads it: so it is kept short.
CREATE INDEX found_by_words ON found_by USING gin (words) WITH (gin_pending_list_limit = 256);

CREATE FUNCTION project_mark(project_id uuid) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    left(md5(project_id::text), 8);

-- The beginning of a long text is enough, and bounds what a search has to read. `facets`: further words, quoted.
CREATE FUNCTION found_by_words(project_id uuid, title text, body text, facets text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text := setweight(to_tsvector('simple', title), 'A') || to_tsvector('simple', left(body, 16384));
BEGIN
    -- A word of a tsvector has at most 2,046 bytes, its project's mark included. Nobody searches for longer ones.
    IF octet_length(words::text) > 2000 THEN
        words := ts_delete(words::tsvector, ARRAY(SELECT lexeme FROM unnest(words::tsvector) WHERE octet_length(lexeme) > 2000));
    END IF;
    -- No word has a space in it: a quote after one begins a word.
    RETURN replace(' ' || words || facets, ' ''', ' ''' || project_mark(project_id))::tsvector;
END
$$;

CREATE FUNCTION task_facets(labels text[], assignees uuid[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    facets text := ' ''=a' || coalesce(nullif(array_to_string(assignees, ''' ''=a'), ''), 'none') || '''';
BEGIN
    IF labels = '{}' THEN RETURN facets; END IF;
    RETURN facets || ' ''=l' || array_to_string(labels, ''' ''=l') || '''';
END
$$;

CREATE FUNCTION find_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO found_by VALUES (NEW.project_id, 'task', NEW.id, NEW.id,
        found_by_words(NEW.project_id, NEW.title, NEW.description, task_facets(NEW.labels, NEW.assignees)))
    ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;
CREATE TRIGGER tasks_found_insert AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION find_task();
CREATE TRIGGER tasks_found_update AFTER UPDATE ON tasks FOR EACH ROW
    WHEN (old.labels IS DISTINCT FROM new.labels OR old.assignees IS DISTINCT FROM new.assignees
          OR old.title IS DISTINCT FROM new.title OR old.description IS DISTINCT FROM new.description)
    EXECUTE FUNCTION find_task();

CREATE FUNCTION find_comment() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER comments_found_insert AFTER INSERT ON comments FOR EACH ROW EXECUTE FUNCTION find_comment();
CREATE TRIGGER comments_found_update AFTER UPDATE ON comments FOR EACH ROW
    WHEN (old.body IS DISTINCT FROM new.body OR old.deleted IS DISTINCT FROM new.deleted)
    EXECUTE FUNCTION find_comment();

INSERT INTO found_by
SELECT project_id, 'task', id, id, found_by_words(project_id, title, description, task_facets(labels, assignees)) FROM tasks;
INSERT INTO found_by
SELECT project_id, 'comment', id, task_id, found_by_words(project_id, '', body, '') FROM comments WHERE NOT deleted;
