ALTER INDEX listed_by_facets SET (gin_pending_list_limit = 256);
ALTER INDEX found_by_words SET (gin_pending_list_limit = 256);
