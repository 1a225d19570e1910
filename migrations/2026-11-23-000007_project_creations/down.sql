DROP TABLE project_creations;
