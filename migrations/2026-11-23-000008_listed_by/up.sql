-- What lists by people and labels read: of each task what it is chosen and ordered by, in a narrow table of its own.
--
-- A twentieth of a project's tasks is spread over nearly all pages of `tasks` and of `found_by`. Here they are few pages.
-- `facets` is what a task has in `found_by` beside its words, and its status ('=s') and priority ('=p'). `found_by` keeps
-- its own for instances of the version before. Beside the key only `facets` is indexed: most changes write no index.
CREATE TABLE listed_by (
    project_id uuid NOT NULL,
    id         uuid NOT NULL,
    number     bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    due_on     date,
    deleted    boolean NOT NULL,
    status     text COLLATE "C" NOT NULL,
    priority   text COLLATE "C" NOT NULL,
    rank       text COLLATE "C" NOT NULL,
    facets     tsvector NOT NULL,
    PRIMARY KEY (project_id, id)
) WITH (fillfactor = 80);
CREATE INDEX listed_by_facets ON listed_by USING gin (facets) WITH (gin_pending_list_limit = 256);

CREATE FUNCTION listed_facets(project_id uuid, labels text[], assignees uuid[], status text, priority text)
    RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    replace(task_facets(labels, assignees) || ' ''=s' || status || ''' ''=p' || priority || '''',
            ' ''', ' ''' || project_mark(project_id))::tsvector;

CREATE FUNCTION list_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listed_by VALUES (NEW.project_id, NEW.id, NEW.number, NEW.updated_at, NEW.due_on,
        NEW.deleted_version IS NOT NULL, NEW.status, NEW.priority, NEW.rank,
        listed_facets(NEW.project_id, NEW.labels, NEW.assignees, NEW.status, NEW.priority))
    ON CONFLICT (project_id, id) DO UPDATE SET updated_at = excluded.updated_at, due_on = excluded.due_on,
        deleted = excluded.deleted, status = excluded.status, priority = excluded.priority, rank = excluded.rank,
        facets = excluded.facets;
    RETURN NULL;
END
$$;
CREATE TRIGGER tasks_listed AFTER INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION list_task();

INSERT INTO listed_by
SELECT project_id, id, number, updated_at, due_on, deleted_version IS NOT NULL, status, priority, rank,
    listed_facets(project_id, labels, assignees, status, priority)
FROM tasks;
