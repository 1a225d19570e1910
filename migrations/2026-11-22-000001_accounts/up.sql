-- People, their sessions, and which Postgres the log lives in.

-- "C": an address is stored lower-cased by the server, and compared bytewise.
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    email         text COLLATE "C" NOT NULL UNIQUE CHECK (email = lower(email)),
    name          text NOT NULL,
    password_hash text NOT NULL,
    locale        text NOT NULL DEFAULT 'en',
    timezone      text NOT NULL DEFAULT 'UTC',
    disabled_at   timestamptz,
    -- Raised by whatever concerns the person (membership, logout, disabling, a notification): every instance that has
    -- the person connected compares it and reads again what it holds. So revocation does not depend on Redis.
    feed_version  bigint NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- A login. Access tokens name it as `sid`; its refresh tokens are one family.
CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Only the SHA-256 of a token is kept. Spent ones stay as long as their session, so that re-use is recognised.
CREATE TABLE refresh_tokens (
    hash       bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at  timestamptz NOT NULL DEFAULT now(),
    rotated_at timestamptz
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);

-- The Postgres this log was last written in. Another system identifier or timeline means the log may have lost its
-- tail: then the epochs of all projects change.
CREATE TABLE log_identity (
    only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    system_identifier text NOT NULL,
    timeline          text NOT NULL
);
