-- What a project defines for its tasks, and what stands between tasks.

-- Labels and custom fields, sorted by key, as the snapshot shows them. Beside the workflow, because they are read with it.
ALTER TABLE projects
    ADD COLUMN labels jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN fields jsonb NOT NULL DEFAULT '[]';

-- `task_id` waits for `on_id` (blocks), or has to do with it (relates: one row, the smaller id first). An edge whose task
-- is in the bin stays, and counts again when both its tasks are there.
CREATE TABLE dependencies (
    project_id uuid NOT NULL,
    task_id    uuid NOT NULL,
    on_id      uuid NOT NULL,
    kind       text COLLATE "C" NOT NULL CHECK (kind IN ('blocks', 'relates')),
    PRIMARY KEY (project_id, task_id, on_id, kind)
);
CREATE INDEX dependencies_on ON dependencies (project_id, on_id);

-- Subtasks of a task, and what one deletion took along.
CREATE INDEX tasks_parent ON tasks (project_id, parent) WHERE parent IS NOT NULL;
CREATE INDEX tasks_deleted ON tasks (project_id, deleted_version) WHERE deleted_version IS NOT NULL;
