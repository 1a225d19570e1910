-- API tokens, what sessions tell their owner, administrators, links to a new password, and accounts that are deleted.

-- The device as its browser or program names itself, at most 200 characters. `last_used_at`: at login and at each refresh; of a
-- token at each use, but written at most once a minute.
ALTER TABLE sessions
    ADD COLUMN device text,
    ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();

-- A token is a session that no refresh token continues, so whatever judges sessions judges tokens too. The end of one without
-- an end is `infinity` in its session. Only the SHA-256 of the token is kept.
CREATE TABLE api_tokens (
    session_id uuid PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users (id),
    hash       bytea NOT NULL UNIQUE,
    name       text NOT NULL,
    scope      text NOT NULL CHECK (scope IN ('read', 'write')),
    -- NULL: all projects of its owner.
    projects   uuid[]
);
CREATE INDEX api_tokens_user_id ON api_tokens (user_id);

-- A deleted account keeps its id, because the log names it, and neither name nor address.
ALTER TABLE users
    ALTER COLUMN email DROP NOT NULL,
    ADD COLUMN admin boolean NOT NULL DEFAULT false,
    ADD COLUMN deleted_at timestamptz;
UPDATE users SET admin = true WHERE id = (SELECT id FROM users ORDER BY created_at, id LIMIT 1);

-- The one open link with which a person chooses a new password; a newer one replaces it. Only the token's SHA-256 is kept.
CREATE TABLE password_resets (
    user_id    uuid PRIMARY KEY REFERENCES users (id),
    hash       bytea NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL
);

-- Deleted accounts that have not left all their projects yet. A project in which the person is the last owner is never left:
-- the row stays, and the administrator sees it.
CREATE TABLE departures (
    user_id  uuid PRIMARY KEY REFERENCES users (id),
    begun_at timestamptz NOT NULL DEFAULT now(),
    -- When the projects were last gone through.
    tried_at timestamptz
);
