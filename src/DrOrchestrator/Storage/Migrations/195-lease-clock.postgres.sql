-- Now, in microseconds UTC, as this server's clock has it: the one clock that every process on this database judges leases by.
CREATE FUNCTION dro_clock() RETURNS BIGINT LANGUAGE sql VOLATILE AS $$ SELECT (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::BIGINT $$;
