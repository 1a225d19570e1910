-- The feed version at which a person's list of projects, the people they share projects with, or their notifications last
-- changed. An instance of the version before raises the feed version only, which is told as a change of the list of projects.
ALTER TABLE users
    ADD COLUMN projects_at bigint NOT NULL DEFAULT 0,
    ADD COLUMN people_at   bigint NOT NULL DEFAULT 0,
    ADD COLUMN inbox_at    bigint NOT NULL DEFAULT 0;
