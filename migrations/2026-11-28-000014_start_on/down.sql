ALTER TABLE tasks DROP COLUMN start_on;
