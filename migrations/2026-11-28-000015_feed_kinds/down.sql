ALTER TABLE users DROP COLUMN inbox_at, DROP COLUMN people_at, DROP COLUMN projects_at;
