-- The day on which work on a task begins. An instance of the version before neither reads nor writes it.
ALTER TABLE tasks ADD COLUMN start_on date;
