DROP TABLE command_results, comments, tasks, events, members, projects;
DROP FUNCTION refuse_change();
