-- The files of the page with a hash of the content in their names, of every build that ran lately. An instance has those of its own
-- build in the program. During an update it is also asked for those of another build.
CREATE TABLE page_files (
    path       text PRIMARY KEY,
    media_type text NOT NULL,
    -- Names the content.
    tag        text NOT NULL,
    plain      bytea NOT NULL,
    gzip       bytea,
    brotli     bytea,
    -- When an instance last had it.
    had_at     timestamptz NOT NULL DEFAULT now()
);
-- Most of it is compressed already.
ALTER TABLE page_files ALTER gzip SET STORAGE EXTERNAL, ALTER brotli SET STORAGE EXTERNAL;
