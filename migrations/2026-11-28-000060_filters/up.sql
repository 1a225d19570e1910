-- Saved filters: what somebody asks a project's tasks for, kept for themselves or shared with the project. They are in neither
-- log nor snapshot.
CREATE TABLE filters (
    project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    -- Chosen by the client.
    id         uuid NOT NULL,
    -- Who made it. One that is not shared ends with this person's membership.
    user_id    uuid NOT NULL REFERENCES users (id),
    name       text NOT NULL,
    query      jsonb NOT NULL,
    shared     boolean NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, id)
);
CREATE INDEX filters_of_person ON filters (project_id, user_id, id);
CREATE INDEX filters_shared ON filters (project_id, id) WHERE shared;
