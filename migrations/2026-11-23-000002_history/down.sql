DROP TABLE snapshots, event_tasks;
DROP INDEX comments_thread;
DROP TRIGGER comments_created_version ON comments;
DROP FUNCTION comment_created();
ALTER TABLE comments DROP COLUMN reply_to, DROP COLUMN created_version, DROP COLUMN reactions;
ALTER TABLE events DROP COLUMN before;
