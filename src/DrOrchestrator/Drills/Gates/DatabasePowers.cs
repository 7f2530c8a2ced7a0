using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Gates;

/// <summary>What the credential of one database may do at another server: it is signed in with, and where that succeeds, the server is asked what the role may do.</summary>
internal sealed class DatabasePowers(DatabaseSessions sessions, TimeProvider time)
{
    private const string Limit = "no sign-in, or no right to act";

    /// <summary>
    /// Of the steps on PostgreSQL: what each of them needs, and what gives it all. Asked of every role that the user is a member of, inherited or not: SET ROLE is no more than a word.
    /// </summary>
    private const string ServerWide = """
        WITH mine AS (SELECT * FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER'))
        SELECT concat_ws(', ',
          (SELECT nullif(concat_ws(', ', CASE WHEN bool_or(rolsuper) THEN 'SUPERUSER' END, CASE WHEN bool_or(rolreplication) THEN 'REPLICATION' END, CASE WHEN bool_or(rolcreaterole) THEN 'CREATEROLE' END,
                            CASE WHEN bool_or(rolcreatedb) THEN 'CREATEDB' END, CASE WHEN bool_or(rolbypassrls) THEN 'BYPASSRLS' END), '') FROM mine),
          (SELECT string_agg('EXECUTE on ' || name, ', ' ORDER BY name) FROM unnest(ARRAY['pg_promote', 'pg_reload_conf', 'pg_wal_replay_pause', 'pg_wal_replay_resume', 'pg_switch_wal']) AS name
            WHERE EXISTS (SELECT FROM pg_proc AS called, mine WHERE proname = name AND pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege(mine.oid, called.oid, 'EXECUTE'))),
          (SELECT string_agg('member of ' || rolname, ', ' ORDER BY rolname) FROM mine
            WHERE rolname IN ('pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files', 'pg_signal_backend', 'pg_checkpoint', 'pg_maintain')))
        """;

    private const string OfTheDatabase = """
        WITH mine AS (SELECT oid FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')),
             spaces AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
        SELECT concat_ws(', ',
          CASE WHEN EXISTS (SELECT FROM mine WHERE has_database_privilege(mine.oid, current_database(), 'CREATE')) THEN 'CREATE in the database' END,
          (SELECT 'CREATE in ' || count(*) || ' schemas' FROM spaces WHERE EXISTS (SELECT FROM mine WHERE has_schema_privilege(mine.oid, spaces.oid, 'CREATE')) HAVING count(*) > 0),
          (SELECT 'write to ' || count(*) || ' tables' FROM pg_class AS kept WHERE relkind IN ('r', 'p', 'f', 'v') AND relnamespace IN (SELECT oid FROM spaces)
              AND EXISTS (SELECT FROM mine WHERE has_table_privilege(mine.oid, kept.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AND has_schema_privilege(mine.oid, relnamespace, 'USAGE')) HAVING count(*) > 0))
        """;

    /// <summary>From any of these a server is promoted, or told to reload, as well as from the one that the estate names.</summary>
    private static readonly string[] Others = ["postgres", "template1"];

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <param name="own">Of the rehearsal.</param>
    /// <param name="production">Where it must be refused.</param>
    public async Task<GateResult> TryAsync(DatabaseDefinition own, DatabaseDefinition production, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(Longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        string? refused = null;
        var (isIn, named) = (false, production.Target.Database);
        foreach (var database in (string[])[named, .. Others.Where(other => other != named)])
        {
            var shown = production with
            {
                Target = production.Target with
                {
                    Database = database,
                    User = own.Target.User,
                    Password = own.Target.Password,
                    CertificateFile = own.Target.CertificateFile,
                    KeyFile = own.Target.KeyFile,
                    KeyPassword = own.Target.KeyPassword,
                },
            };
            try
            {
                var rights = await sessions.UseAsync(shown, "dro-rehearsal", connection => RightsAsync(connection, database == named, both.Token), both.Token).ConfigureAwait(false);
                if (rights.Length > 0)
                {
                    return Signed(own, production, rights);
                }

                isIn = true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Unknown(own, production, $"no answer within {Durations.Format(Longest)}");
            }
            catch (PostgresUnreachableException e) when (Refusal(e.InnerException, own) is { } refusal)
            {
                refused ??= refusal;
            }
            catch (PostgresUnreachableException e) when (database != named && e.InnerException is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName })
            {
                // The house has dropped it.
            }
            catch (PostgresUnreachableException e)
            {
                return Unknown(own, production, e.Message);
            }
            catch (PostgresException e)
            {
                return Unknown(own, production, e.MessageText);
            }
        }

        return isIn ? Signed(own, production, "") : Result(own, production, true, $"sign-in refused: {refused}", "");
    }

    private static async Task<string> RightsAsync(NpgsqlConnection connection, bool isNamed, CancellationToken cancellationToken)
    {
        var everywhere = await connection.TextAsync(ServerWide, cancellationToken).ConfigureAwait(false) ?? "";
        var here = isNamed ? await connection.TextAsync(OfTheDatabase, cancellationToken).ConfigureAwait(false) ?? "" : "";
        return string.Join(", ", new[] { everywhere, here }.Where(rights => rights.Length > 0));
    }

    /// <summary>Of a sign-in that succeeded. Pure.</summary>
    internal static GateResult Signed(DatabaseDefinition own, DatabaseDefinition production, string rights) => rights.Length == 0
        ? Result(own, production, true, $"user {own.Target.User} may sign in, and has no right to act", "")
        : Result(own, production, false, $"user {own.Target.User} may sign in, and has: {rights}", $"At {production.Name}, take the sign-in from user {own.Target.User} (pg_hba.conf, or REVOKE CONNECT), or these rights: {rights}. Then start the rehearsal again.");

    internal static GateResult Unknown(DatabaseDefinition own, DatabaseDefinition production, string why) =>
        Result(own, production, false, $"unknown: {why}", $"See that {production.Name} answers to the credential of {own.Name}: with a refusal.");

    /// <summary>Of a server that knows who signs in and does not let them: wrong password, no such role or no line in pg_hba.conf, no CONNECT. Any other failure says nothing.</summary>
    private static string? Refusal(Exception? cause, DatabaseDefinition own) => cause switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InsufficientPrivilege } said => said.SqlState,
        NpgsqlException and not PostgresException when own.Target.Password is null && cause.Message.StartsWith("No password", StringComparison.Ordinal) => "it asks for a password",
        _ => null,
    };

    internal static string Check(DatabaseDefinition own, DatabaseDefinition production) => $"{RehearsalProof.Kind} {own.Name} at {production.Name}";

    private static GateResult Result(DatabaseDefinition own, DatabaseDefinition production, bool passed, string value, string remedy) =>
        new(Check(own, production), passed, value, Limit, $"sign-in to {production.Name} with the credential of {own.Name}", TimeSpan.Zero, remedy);
}
