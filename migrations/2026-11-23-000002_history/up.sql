-- History: what each event changed and whom it concerns, threads and reactions, stored snapshots.

-- What an event changed, as it was before: for the activity log and for undo. Beside the event's bytes, never among them.
-- NULL: nothing was replaced, or the event is older than this column.
ALTER TABLE events ADD COLUMN before text;

-- The tasks that an event concerns, so that the activity of one task is read by its key. Events that an instance of the
-- version before appends while this one is rolled out are missing here, and so from the activity of single tasks.
CREATE TABLE event_tasks (
    project_id uuid NOT NULL,
    task_id    uuid NOT NULL,
    version    bigint NOT NULL,
    PRIMARY KEY (project_id, task_id, version)
);
INSERT INTO event_tasks (project_id, task_id, version)
SELECT project_id, coalesce(body::jsonb #>> '{data,task,id}', body::jsonb #>> '{data,task}')::uuid, version
FROM events
WHERE type LIKE 'task.%' OR type LIKE 'comment.%';

ALTER TABLE comments
    ADD COLUMN reply_to uuid,
    -- The version that made the comment: what threads are ordered and paged by.
    ADD COLUMN created_version bigint,
    -- {emoji: [user, …]}
    ADD COLUMN reactions jsonb NOT NULL DEFAULT '{}';
UPDATE comments c SET created_version = e.version
FROM events e
WHERE e.project_id = c.project_id AND e.type = 'comment.added'
  AND (e.body::jsonb #>> '{data,comment}')::uuid = c.id;
-- An instance of the version before does not know the column; the row it inserts has the version that makes it.
CREATE FUNCTION comment_created() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.created_version := coalesce(NEW.created_version, NEW.version);
    RETURN NEW;
END
$$;
CREATE TRIGGER comments_created_version BEFORE INSERT ON comments
    FOR EACH ROW EXECUTE FUNCTION comment_created();
ALTER TABLE comments ALTER COLUMN created_version SET NOT NULL;
CREATE INDEX comments_thread ON comments (project_id, task_id, created_version);

-- A project's state at some versions, compressed: any version is one of these and the events after it. Only those of the
-- project's current epoch count.
CREATE TABLE snapshots (
    project_id uuid NOT NULL,
    epoch      text COLLATE "C" NOT NULL,
    version    bigint NOT NULL,
    body       bytea NOT NULL,
    PRIMARY KEY (project_id, epoch, version)
);
-- The body is compressed already.
ALTER TABLE snapshots ALTER COLUMN body SET STORAGE EXTERNAL;
