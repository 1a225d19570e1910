DROP TRIGGER tasks_listed ON tasks;
DROP FUNCTION list_task;
DROP TABLE listed_by;
DROP FUNCTION listed_facets;
