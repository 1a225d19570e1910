-- Links with which people come into projects. Only the SHA-256 of a link's token is kept.
CREATE TABLE invitations (
    id         uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    -- Lower-cased. NULL: for whoever has the link.
    email      text,
    role       text NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    max_uses   integer NOT NULL CHECK (max_uses BETWEEN 1 AND 100),
    uses       integer NOT NULL DEFAULT 0 CHECK (uses BETWEEN 0 AND max_uses),
    created_by uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX invitations_expires_at ON invitations (expires_at);

CREATE TABLE invitation_projects (
    project_id    uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    invitation_id uuid NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    PRIMARY KEY (project_id, invitation_id)
);
CREATE INDEX invitation_projects_invitation_id ON invitation_projects (invitation_id);
