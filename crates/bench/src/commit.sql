-- A bare commit: one row changed, one row's log flushed.
\set task random(0, :tasks - 1)
UPDATE tasks SET updated_at = now() WHERE project_id = lpad('0', 32, '0')::uuid AND id = ('a' || lpad(:task::text, 31, '0'))::uuid;
