-- Commands hold their project's row before anything else: nobody is half-way through several tables while these come.
LOCK TABLE projects IN EXCLUSIVE MODE;

-- What tasks and comments are found by: the lexemes that the program's own analysis (`domain/src/words`) makes of their texts.
-- Commands write it. No function of Postgres reads a text, so no locale and no version of it changes what is found.
-- `kind` 0 is a task's title, number, labels, people and fields; 1 its description; 2 a comment. So what changes often is short.
CREATE TABLE words (
    project_id uuid NOT NULL,
    task_id    uuid NOT NULL,
    kind       smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    id         uuid NOT NULL,
    analysis   smallint NOT NULL,
    words      tsvector NOT NULL,
    PRIMARY KEY (project_id, task_id, kind, id)
);
-- Each lexeme begins with its project's mark, as in `found_by`.
CREATE INDEX words_words ON words USING gin (words) WITH (gin_pending_list_limit = 64);

-- Projects whose older rows are still to be analysed, tasks first (`kind` 0), then comments (2), and the id up to which they are.
-- `searched`: `words` has rows of all texts already, though of an earlier analysis, so a search reads it.
CREATE TABLE words_fills (
    project_id uuid PRIMARY KEY,
    searched   boolean NOT NULL,
    kind       smallint NOT NULL DEFAULT 0,
    after      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO words_fills (project_id, searched) SELECT id, false FROM projects;

-- Texts that were written by who does not analyse them, such as an instance of the version before. Instances fill them in.
CREATE TABLE words_marks (
    project_id uuid NOT NULL,
    task_id    uuid NOT NULL,
    kind       smallint NOT NULL,
    id         uuid NOT NULL,
    PRIMARY KEY (project_id, task_id, kind, id)
);

-- A transaction that analyses what it writes says by which analysis. A newer one makes these triggers anew, with its number.
CREATE FUNCTION mark_words_of_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO words_marks VALUES (NEW.project_id, NEW.id, 0, NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER tasks_words_insert AFTER INSERT ON tasks FOR EACH ROW
    WHEN (current_setting('lockstep.analysis', true) IS DISTINCT FROM '1')
    EXECUTE FUNCTION mark_words_of_task();
CREATE TRIGGER tasks_words_update AFTER UPDATE ON tasks FOR EACH ROW
    WHEN (current_setting('lockstep.analysis', true) IS DISTINCT FROM '1'
      AND (OLD.title, OLD.description, OLD.labels, OLD.assignees, OLD.fields)
          IS DISTINCT FROM (NEW.title, NEW.description, NEW.labels, NEW.assignees, NEW.fields))
    EXECUTE FUNCTION mark_words_of_task();

CREATE FUNCTION mark_words_of_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO words_marks VALUES (NEW.project_id, NEW.task_id, 2, NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER comments_words_insert AFTER INSERT ON comments FOR EACH ROW
    WHEN (current_setting('lockstep.analysis', true) IS DISTINCT FROM '1')
    EXECUTE FUNCTION mark_words_of_comment();
CREATE TRIGGER comments_words_update AFTER UPDATE ON comments FOR EACH ROW
    WHEN (current_setting('lockstep.analysis', true) IS DISTINCT FROM '1'
      AND (OLD.body, OLD.deleted) IS DISTINCT FROM (NEW.body, NEW.deleted))
    EXECUTE FUNCTION mark_words_of_comment();

-- Nobody reads `found_by` of a project whose `words` are searched. So what writes `words` need not write it; an instance of the version
-- before still does, and a project that is not filled yet needs both.
CREATE FUNCTION writes_words_alone(project uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('lockstep.analysis', true), '') <> ''
       AND NOT EXISTS (SELECT FROM words_fills WHERE project_id = project AND NOT searched)
$$;

CREATE OR REPLACE FUNCTION find_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF writes_words_alone(NEW.project_id) THEN RETURN NULL; END IF;
    INSERT INTO found_by VALUES (NEW.project_id, 'task', NEW.id, NEW.id,
        found_by_words(NEW.project_id, NEW.title, NEW.description, ''), NEW.deleted_version IS NOT NULL)
    ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words, deleted = excluded.deleted;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION find_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF writes_words_alone(NEW.project_id) THEN RETURN NULL; END IF;
    IF NEW.deleted THEN
        DELETE FROM found_by WHERE project_id = NEW.project_id AND kind = 'comment' AND id = NEW.id;
    ELSE
        INSERT INTO found_by VALUES (NEW.project_id, 'comment', NEW.id, NEW.task_id,
            found_by_words(NEW.project_id, '', NEW.body, ''), is_task_deleted(NEW.project_id, NEW.task_id))
        ON CONFLICT (project_id, kind, id) DO UPDATE SET words = excluded.words, deleted = excluded.deleted;
    END IF;
    RETURN NULL;
END
$$;
