ALTER TABLE users DROP COLUMN auto_watch;
DROP TABLE mutes;
DROP TABLE notifications;
