-- The form of a stored snapshot's bytes: a reader takes only those of its own form, so that no field is missing in what it
-- folds. An instance of the version before stores form 1 and reads whatever is there; fields that it does not know it leaves out.
ALTER TABLE snapshots ADD COLUMN form integer NOT NULL DEFAULT 1;
ALTER TABLE snapshots DROP CONSTRAINT snapshots_pkey;
ALTER TABLE snapshots ADD PRIMARY KEY (project_id, epoch, form, version);
