DELETE FROM snapshots WHERE form <> 1;
ALTER TABLE snapshots DROP CONSTRAINT snapshots_pkey;
ALTER TABLE snapshots DROP COLUMN form;
ALTER TABLE snapshots ADD PRIMARY KEY (project_id, epoch, version);
