-- What the durable peer stores. It lies beside Lockstep's own tables, in a schema of its own.
CREATE SCHEMA durable;
CREATE TABLE durable.projects (id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 0);
CREATE TABLE durable.tasks (
    project_id uuid NOT NULL REFERENCES durable.projects,
    id         uuid NOT NULL,
    title      text NOT NULL,
    version    bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, id)
);
CREATE TABLE durable.events (
    project_id uuid NOT NULL,
    version    bigint NOT NULL,
    command_id uuid NOT NULL,
    body       jsonb NOT NULL,
    PRIMARY KEY (project_id, version),
    UNIQUE (project_id, command_id)
);
