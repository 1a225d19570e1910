-- By which rule the bytes of a password were made before they were hashed: 0 as they were sent, 1 the OpaqueString profile of
-- RFC 8265. An instance of the version before hashes them as they were sent, whatever stands here, so both are always tried.
ALTER TABLE users ADD COLUMN password_rule smallint NOT NULL DEFAULT 0;
