-- When tasks came back to the board: few rows, so that whoever asks what has changed since hears of them without reading the log.
CREATE INDEX events_returned ON events (project_id, at) WHERE type IN ('task.restored', 'task.unarchived');
