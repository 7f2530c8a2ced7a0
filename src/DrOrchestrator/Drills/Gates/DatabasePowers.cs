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

    /// <summary>Of the steps on PostgreSQL: what each of them needs, and what gives it all.</summary>
    private const string Query = """
        SELECT concat_ws(', ',
          (SELECT nullif(concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
                            CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END), '')
             FROM pg_roles WHERE rolname = current_user),
          (SELECT string_agg('EXECUTE on ' || name, ', ' ORDER BY name) FROM unnest(ARRAY['pg_promote', 'pg_reload_conf', 'pg_wal_replay_pause', 'pg_wal_replay_resume', 'pg_switch_wal']) AS name
            WHERE EXISTS (SELECT FROM pg_proc WHERE proname = name AND pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege(oid, 'EXECUTE'))),
          (SELECT string_agg('member of ' || rolname, ', ' ORDER BY rolname) FROM pg_roles
            WHERE rolname IN ('pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files', 'pg_signal_backend', 'pg_checkpoint', 'pg_maintain') AND pg_has_role(oid, 'MEMBER')),
          CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 'CREATE in the database' END,
          (SELECT 'CREATE in ' || count(*) || ' schemas' FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'CREATE') HAVING count(*) > 0),
          (SELECT 'write to ' || count(*) || ' tables' FROM pg_class WHERE relkind IN ('r', 'p', 'f', 'v') AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
              AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AND has_schema_privilege(relnamespace, 'USAGE') HAVING count(*) > 0))
        """;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <param name="own">Of the rehearsal.</param>
    /// <param name="production">Where it must be refused.</param>
    public async Task<GateResult> TryAsync(DatabaseDefinition own, DatabaseDefinition production, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(Longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var shown = production with
        {
            Target = production.Target with
            {
                User = own.Target.User,
                Password = own.Target.Password,
                CertificateFile = own.Target.CertificateFile,
                KeyFile = own.Target.KeyFile,
                KeyPassword = own.Target.KeyPassword,
            },
        };
        try
        {
            var rights = await sessions.UseAsync(shown, "dro-rehearsal", async connection => await connection.TextAsync(Query, both.Token).ConfigureAwait(false), both.Token).ConfigureAwait(false);
            return Signed(own, production, rights ?? "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unknown(own, production, $"no answer within {Durations.Format(Longest)}");
        }
        catch (PostgresUnreachableException e)
        {
            return Refusal(e.InnerException, own) is { } refusal ? Result(own, production, true, $"sign-in refused: {refusal}", "") : Unknown(own, production, e.Message);
        }
        catch (PostgresException e)
        {
            return Unknown(own, production, e.MessageText);
        }
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
