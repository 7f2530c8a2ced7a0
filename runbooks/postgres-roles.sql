-- The roles that DrOrchestrator needs at a PostgreSQL server, and nothing more. Run it once, as an administrator, at the primary, in the database that the estate names (standbys get
-- it by replication); then sign dro in as a member:
--
--     psql -X -v ON_ERROR_STOP=1 -d postgres -f postgres-roles.sql
--     CREATE ROLE dro LOGIN IN ROLE dro_watch, dro_switch, dro_record;   \password dro
--
-- Which step needs which is a table in docs/postgres.md; the gate 'postgres-ready' says beforehand which GRANT is missing. It may be run again: what is there stays.
--
--   dro_watch    looks only: recovery points, probes, postgres.replication. Give a role that does no more than measure this one alone
--   dro_switch   what changes servers: postgres.promote, postgres.synchronous, postgres.fence (clean), postgres.divergence, postgres.rebuild
--   dro_record   postgres.sql: the marker's table of this database. What a plan's statements themselves need is granted beside, table by table
--   dro_rewind   what pg_rewind reads of the server it follows: for 'replication-user' of postgres.rebuild
DO $$
DECLARE
    wanted text;
    one text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['dro_watch', 'dro_switch', 'dro_record', 'dro_rewind'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted);
        END IF;
    END LOOP;

    GRANT pg_monitor TO dro_watch;

    FOREACH one IN ARRAY ARRAY['pg_promote(boolean, integer)', 'pg_reload_conf()', 'pg_wal_replay_resume()', 'pg_stat_file(text, boolean)', 'pg_read_file(text, bigint, bigint, boolean)'] LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION pg_catalog.%s TO dro_switch', one);
    END LOOP;

    -- PostgreSQL 14 and older grant neither: there the estate's user must be a superuser for planned switches, for 'when-partner-lost: degrade' and for postgres.synchronous.
    IF current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE 'GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO dro_switch';
        EXECUTE 'GRANT pg_checkpoint TO dro_switch';
    END IF;

    FOREACH one IN ARRAY ARRAY['pg_ls_dir(text, boolean, boolean)', 'pg_stat_file(text, boolean)', 'pg_read_binary_file(text)', 'pg_read_binary_file(text, bigint, bigint, boolean)'] LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION pg_catalog.%s TO dro_rewind', one);
    END LOOP;
END
$$;

-- By it the commit of a postgres.sql that nobody heard of is looked up. With it made here, dro needs no right to create tables.
CREATE TABLE IF NOT EXISTS public.dro_marker (marker text PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT now(), outputs text NOT NULL);
GRANT USAGE ON SCHEMA public TO dro_record;
GRANT SELECT, INSERT ON public.dro_marker TO dro_record;

-- 'heartbeat:' of a recovery point, and 'tables:' of postgres.divergence, name tables of your own. For each:
--     GRANT SELECT, INSERT, UPDATE ON dro_heartbeat TO dro_watch;
--     GRANT SELECT ON public.entries TO dro_switch;
--
-- Who replicates and rebuilds; pg_hba.conf must let it in, for replication and for the database:
--     CREATE ROLE dro_replication LOGIN REPLICATION IN ROLE dro_rewind;   \password dro_replication
--
-- The orchestrator's own store is a database of its own, on a server that is no part of any drill:
--     CREATE ROLE dro_store LOGIN;   \password dro_store
--     CREATE DATABASE dro OWNER dro_store;   REVOKE ALL ON DATABASE dro FROM PUBLIC;
