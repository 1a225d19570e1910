-- Who follows which task. Rows are written by the command that says so, and end with the membership.
CREATE TABLE watchers (
    project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users (id),
    task_id    uuid NOT NULL,
    PRIMARY KEY (project_id, user_id, task_id)
);
CREATE INDEX watchers_of_task ON watchers (project_id, task_id, user_id);
