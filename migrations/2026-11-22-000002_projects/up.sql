-- Projects: the log of each, and the tables that its events have been applied to.
--
-- Every table of project data has project_id first in its primary key, and every unique index contains it, so that one
-- project is one shard wherever the database is spread. No foreign keys among them: the project's row is locked by
-- whoever writes, and each row is written by the transaction that judged it.

-- The row that is the project's lock. `version` is raised in the transaction that appends the event; never a sequence,
-- which leaves gaps when a transaction rolls back. What changes with every event stays in the row's fixed part.
CREATE TABLE projects (
    id                uuid PRIMARY KEY,
    epoch             text COLLATE "C" NOT NULL,
    version           bigint NOT NULL CHECK (version > 0),
    total_bytes       bigint NOT NULL,
    last_number       bigint NOT NULL DEFAULT 0,
    changed_at        timestamptz NOT NULL,
    key               text COLLATE "C" NOT NULL,
    name              text NOT NULL,
    description       text NOT NULL,
    workflow          jsonb NOT NULL,
    blocked_gate      text COLLATE "C" NOT NULL,
    archived          boolean NOT NULL DEFAULT false,
    created_at        timestamptz NOT NULL,
    created_by        uuid NOT NULL,
    updated_at        timestamptz NOT NULL,
    deleted_at        timestamptz,
    -- What tells a repeated POST /projects from another one: there was no row to lock yet.
    create_command_id uuid NOT NULL,
    create_hash       bytea NOT NULL
) WITH (fillfactor = 60);

CREATE TABLE members (
    project_id uuid NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id),
    role       text COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX members_user_id ON members (user_id, project_id);
CREATE INDEX members_owners ON members (project_id) WHERE role = 'owner';

-- The log. `body` is the event's JSON as everybody gets it: text, so that its bytes are never rebuilt. `total_bytes` is
-- the sum of the bodies up to and with this one, so the size of any stretch is one subtraction.
CREATE TABLE events (
    project_id  uuid NOT NULL,
    version     bigint NOT NULL,
    type        text COLLATE "C" NOT NULL,
    -- What the event changes about who may see the project, as the relay reads it.
    access      text COLLATE "C" NOT NULL,
    at          timestamptz NOT NULL,
    actor       uuid NOT NULL,
    command_id  uuid NOT NULL,
    body        text NOT NULL,
    total_bytes bigint NOT NULL,
    PRIMARY KEY (project_id, version),
    -- One command id, at most one event.
    UNIQUE (project_id, actor, command_id)
) PARTITION BY HASH (project_id);

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE events_%s PARTITION OF events FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
                       lpad(part::text, 2, '0'), part);
    END LOOP;
END
$$;

-- The people an event lets in or out: few rows, so that everybody a log names is found without reading it.
CREATE INDEX events_access ON events (project_id) WHERE access LIKE '%:%';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END
$$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

DO $$
DECLARE part regclass;
BEGIN
    FOR part IN SELECT 'events'::regclass UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = 'events'::regclass
    LOOP
        EXECUTE format('CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON %s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
    END LOOP;
END
$$;

-- `deleted_version`: the version of the event that put the task into the bin.
CREATE TABLE tasks (
    project_id      uuid NOT NULL,
    id              uuid NOT NULL,
    number          bigint NOT NULL,
    title           text NOT NULL,
    description     text NOT NULL,
    status          text COLLATE "C" NOT NULL,
    assignees       uuid[] NOT NULL,
    labels          text[] COLLATE "C" NOT NULL,
    priority        text COLLATE "C" NOT NULL,
    due_on          date,
    estimate        bigint,
    rank            text COLLATE "C" NOT NULL,
    parent          uuid,
    config          jsonb NOT NULL,
    fields          jsonb NOT NULL,
    comment_count   bigint NOT NULL,
    version         bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      uuid NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_version bigint,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, number)
) WITH (fillfactor = 80);
-- Not unique: one statement may exchange ranks. That ranks are unique is decided under the lock.
CREATE INDEX tasks_rank ON tasks (project_id, rank);
CREATE INDEX tasks_status ON tasks (project_id, status) WHERE deleted_version IS NULL;

CREATE TABLE comments (
    project_id uuid NOT NULL,
    id         uuid NOT NULL,
    task_id    uuid NOT NULL,
    author     uuid NOT NULL,
    body       text NOT NULL,
    deleted    boolean NOT NULL DEFAULT false,
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, id)
);
CREATE INDEX comments_task ON comments (project_id, task_id, created_at, id);

-- What was decided for each command that brought an id: a repeat gets the first answer again.
CREATE TABLE command_results (
    project_id uuid NOT NULL,
    actor      uuid NOT NULL,
    command_id uuid NOT NULL,
    hash       bytea NOT NULL,
    version    bigint NOT NULL,
    -- The event's body; absent when nothing changed or a rule refused.
    event      text,
    resource   text,
    problem    text,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, actor, command_id)
);
CREATE INDEX command_results_decided_at ON command_results (decided_at);
