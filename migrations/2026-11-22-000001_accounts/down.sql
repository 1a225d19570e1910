DROP TABLE log_identity;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE users;
