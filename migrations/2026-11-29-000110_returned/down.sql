DROP INDEX events_returned;
