-- What one change of a title makes Postgres do: the statements that an instance sends for it, with as few round trips.
-- `projects`, `tasks`: how many there are; `owner`, `session`: whose command it is (sent as text, quotes are added below).
\set project random(0, :projects - 1)
\set task random(0, :tasks - 1)
\set target :project * 1000000 + :task
BEGIN;
SELECT id AS project_id, version + 1 AS version, total_bytes + 330 AS bytes, last_number, epoch, changed_at, key, name,
       description, workflow, blocked_gate, archived, created_at, created_by, updated_at, deleted_at, create_command_id,
       create_hash, gen_random_uuid() AS command_id
  FROM projects WHERE id = lpad(:project::text, 32, '0')::uuid FOR NO KEY UPDATE \gset
\startpipeline
SELECT set_config('statement_timeout', '5000', true), set_config('lock_timeout', '3000', true),
       set_config('idle_in_transaction_session_timeout', '10000', true), set_config('plan_cache_mode', 'force_generic_plan', true);
SELECT asked.user_id, asked.sid, coalesce(u.disabled_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > now(), false),
       m.role
  FROM unnest(ARRAY[:owner::uuid], ARRAY[:session::uuid]) AS asked (user_id, sid)
  LEFT JOIN users u ON u.id = asked.user_id LEFT JOIN sessions s ON s.id = asked.sid AND s.user_id = u.id
  LEFT JOIN members m ON m.project_id = :project_id::uuid AND m.user_id = u.id;
SELECT r.actor, r.command_id, r.hash, r.version, r.event, r.resource, r.problem
  FROM unnest(ARRAY[:owner::uuid], ARRAY[:command_id::uuid]) AS asked (actor, command_id)
  JOIN command_results r ON r.project_id = :project_id::uuid AND r.actor = asked.actor AND r.command_id = asked.command_id;
SELECT id, number, title, description, status, assignees, labels, priority, due_on, estimate, rank, parent, config, fields,
       comment_count, version, created_at, created_by, updated_at, deleted_version, archived_version
  FROM tasks WHERE project_id = :project_id::uuid AND id = ANY(ARRAY[('a' || lpad(:target::text, 31, '0'))::uuid]);
\endpipeline
\startpipeline
UPDATE tasks t SET title = r.title, description = coalesce(r.description, t.description), status = coalesce(r.status, t.status),
       config = coalesce(r.config, t.config), version = r.version, updated_at = now()
  FROM json_to_recordset(json_build_array(json_build_object('id', ('a' || lpad(:target::text, 31, '0'))::uuid,
       'title', 'Title number 4711 of a task', 'version', :version::bigint)))
       AS r (id uuid, title text, description text, status text, config jsonb, version bigint)
 WHERE t.project_id = :project_id::uuid AND t.id = r.id;
WITH appended AS (
  INSERT INTO events (project_id, version, type, access, at, actor, command_id, body, total_bytes, before)
  SELECT :project_id::uuid, e.* FROM unnest(ARRAY[:version::bigint], ARRAY['task.updated'], ARRAY['unchanged'], ARRAY[now()],
         ARRAY[:owner::uuid], ARRAY[:command_id::uuid], ARRAY[repeat('x', 330)], ARRAY[:bytes::bigint],
         ARRAY['{"title": "Title number 4710 of a task"}']) AS e),
concerned AS (
  INSERT INTO event_tasks (project_id, task_id, version)
  SELECT :project_id::uuid, t.* FROM unnest(ARRAY[('a' || lpad(:target::text, 31, '0'))::uuid], ARRAY[:version::bigint]) AS t),
decided AS (
  INSERT INTO command_results (project_id, actor, command_id, hash, version, event, resource, problem)
  SELECT :project_id::uuid, r.* FROM unnest(ARRAY[:owner::uuid], ARRAY[:command_id::uuid], ARRAY[decode(repeat('ab', 32), 'hex')],
         ARRAY[:version::bigint], ARRAY[repeat('x', 330)], ARRAY[repeat('x', 520)], ARRAY[NULL::text]) AS r)
UPDATE projects SET version = :version::bigint, total_bytes = :bytes::bigint, last_number = :last_number::bigint, changed_at = now()
 WHERE id = :project_id::uuid AND version < :version::bigint;
COMMIT;
\endpipeline
