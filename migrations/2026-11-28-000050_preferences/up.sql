-- What the page remembers for a person on all their devices; it means nothing to the server.
ALTER TABLE users ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}';
