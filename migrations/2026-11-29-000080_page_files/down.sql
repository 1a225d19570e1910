DROP TABLE page_files;
