-- Which project a person's POST /projects made, or tried to make, under a command id: there is no project to lock yet, and
-- the same id may come once with a chosen project and once without. A person's data, not a project's, so it is keyed by
-- the person.
CREATE TABLE project_creations (
    user_id    uuid NOT NULL REFERENCES users (id),
    command_id uuid NOT NULL,
    project_id uuid NOT NULL,
    PRIMARY KEY (user_id, command_id)
);

-- Where one id made two projects, both stay, and each is found by its own id.
INSERT INTO project_creations (user_id, command_id, project_id)
SELECT DISTINCT ON (created_by, create_command_id) created_by, create_command_id, id
FROM projects
ORDER BY created_by, create_command_id, created_at;
