-- What people are told in the app, what they do not want to hear of, and whether they follow tasks by themselves.
--
-- The first two tables are personal and no project data: what is read of them is always one person's, over all projects. So
-- user_id is first in their keys. They have no foreign keys, because a row of theirs is written for hundreds of people at once
-- and each key would look up and lock a row more; accounts are never deleted, and of a project that is gone only that is shown.

-- A row holds ids alone; the names are read when it is shown, by what the person may see then. `about` is the task, or the
-- project as a whole. `created_at` is when the first of the `count` events happened, `updated_at` the last. What changes when
-- another event joins a row is in no index.
CREATE TABLE notifications (
    user_id    uuid NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    project_id uuid NOT NULL,
    about      uuid NOT NULL,
    cause      text COLLATE "C" NOT NULL,
    version    bigint NOT NULL,
    count      bigint NOT NULL,
    actor      uuid NOT NULL,
    comment_id uuid,
    unread     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
) WITH (fillfactor = 80);
CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE unread;
CREATE INDEX notifications_about ON notifications (user_id, about, cause, created_at) WHERE unread;

-- `target` is a task of the project, or the project.
CREATE TABLE mutes (
    user_id    uuid NOT NULL,
    target     uuid NOT NULL,
    project_id uuid NOT NULL,
    PRIMARY KEY (user_id, target)
);

-- Whether the person follows a task by making it, commenting on it, being assigned or mentioned. An instance of the version
-- before does not know it and makes nobody follow anything by themselves.
ALTER TABLE users ADD COLUMN auto_watch boolean NOT NULL DEFAULT true;
