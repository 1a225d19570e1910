DROP TABLE departures;
DROP TABLE password_resets;
UPDATE users SET email = id::text WHERE email IS NULL;
ALTER TABLE users DROP COLUMN deleted_at, DROP COLUMN admin, ALTER COLUMN email SET NOT NULL;
DELETE FROM sessions WHERE id IN (SELECT session_id FROM api_tokens);
DROP TABLE api_tokens;
ALTER TABLE sessions DROP COLUMN last_used_at, DROP COLUMN device;
