-- Tokens of people: SHA-256 only. Rows are never deleted; a token ends by its expiry, its revocation, or with its person in the estate. Times are microseconds UTC.
CREATE TABLE person_token (
    id BIGINT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    token_sha256 TEXT NOT NULL UNIQUE,
    roles TEXT,
    note TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_by TEXT,
    revoked_at BIGINT
);
