DROP TABLE invitation_projects;
DROP TABLE invitations;
