-- The command whose entry fills the list of an index has to sort the whole list in: 10 to 30 ms at 256 kB, while its project is locked and
-- a core is taken from all others. 64 kB is the least that Postgres allows; without a list every command would take longer.
ALTER INDEX found_by_words SET (gin_pending_list_limit = 64);
ALTER INDEX listed_by_facets SET (gin_pending_list_limit = 64);
