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
       set_config('idle_in_transaction_session_timeout', '10000', true);
SELECT asked.user_id, asked.sid, coalesce(u.disabled_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > now(), false),
       coalesce(u.feed_version, 0)
  FROM unnest(ARRAY[:owner::uuid], ARRAY[:session::uuid]) WITH ORDINALITY AS asked (user_id, sid, place)
  LEFT JOIN users u ON u.id = asked.user_id LEFT JOIN sessions s ON s.id = asked.sid AND s.user_id = u.id
 ORDER BY asked.place;
SELECT r.actor, r.command_id, r.hash, r.version, r.event, r.resource, r.problem
  FROM unnest(ARRAY[:owner::uuid], ARRAY[:command_id::uuid]) AS asked (actor, command_id)
  JOIN command_results r ON r.project_id = :project_id::uuid AND r.actor = asked.actor AND r.command_id = asked.command_id;
SELECT user_id, role FROM members WHERE project_id = :project_id::uuid AND user_id = ANY(ARRAY[:owner::uuid]);
SELECT id, number, title, description, status, assignees, labels, priority, due_on, estimate, rank, parent, config, fields,
       comment_count, version, created_at, created_by, updated_at, deleted_version
  FROM tasks WHERE project_id = :project_id::uuid AND id = ANY(ARRAY[('a' || lpad(:target::text, 31, '0'))::uuid]);
SELECT unnest(ARRAY[t.rank,
       (SELECT n.rank FROM tasks n WHERE n.project_id = t.project_id AND n.rank > t.rank ORDER BY n.rank LIMIT 1),
       (SELECT n.rank FROM tasks n WHERE n.project_id = t.project_id AND n.rank < t.rank ORDER BY n.rank DESC LIMIT 1)])
  FROM tasks t WHERE t.project_id = :project_id::uuid AND t.id = ANY(ARRAY[('a' || lpad(:target::text, 31, '0'))::uuid])
 UNION ALL (SELECT rank FROM tasks WHERE project_id = :project_id::uuid ORDER BY rank DESC LIMIT 1);
\endpipeline
\startpipeline
UPDATE tasks t SET title = r.title, description = coalesce(r.description, t.description), status = coalesce(r.status, t.status),
       config = coalesce(r.config, t.config), version = r.version, updated_at = now()
  FROM json_to_recordset(json_build_array(json_build_object('id', ('a' || lpad(:target::text, 31, '0'))::uuid,
       'title', 'Title number 4711 of a task', 'version', :version::bigint)))
       AS r (id uuid, title text, description text, status text, config jsonb, version bigint)
 WHERE t.project_id = :project_id::uuid AND t.id = r.id;
INSERT INTO events (project_id, version, type, access, at, actor, command_id, body, total_bytes, before)
SELECT :project_id::uuid, e.* FROM unnest(ARRAY[:version::bigint], ARRAY['task.updated'], ARRAY['unchanged'], ARRAY[now()],
       ARRAY[:owner::uuid], ARRAY[:command_id::uuid], ARRAY[repeat('x', 330)], ARRAY[:bytes::bigint],
       ARRAY['{"title": "Title number 4710 of a task"}']) AS e;
INSERT INTO event_tasks (project_id, task_id, version)
SELECT :project_id::uuid, t.* FROM unnest(ARRAY[('a' || lpad(:target::text, 31, '0'))::uuid], ARRAY[:version::bigint]) AS t;
INSERT INTO command_results (project_id, actor, command_id, hash, version, event, resource, problem)
SELECT :project_id::uuid, r.* FROM unnest(ARRAY[:owner::uuid], ARRAY[:command_id::uuid], ARRAY[decode(repeat('ab', 32), 'hex')],
       ARRAY[:version::bigint], ARRAY[repeat('x', 330)], ARRAY[repeat('x', 520)], ARRAY[NULL::text]) AS r;
UPDATE projects SET version = :version::bigint, total_bytes = :bytes::bigint, changed_at = now()
 WHERE id = :project_id::uuid;
COMMIT;
\endpipeline
