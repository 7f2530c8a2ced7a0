using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>Something that a server lets only some of its roles do, and that a step needs. The table of all that any kind needs is <see cref="All"/>; docs/postgres.md shows it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Holds">The SQL that says whether the session's role has it.</param>
/// <param name="Grant">What an administrator runs; <c>runbooks/postgres-roles.sql</c> has all of them.</param>
/// <param name="Word">What a refusal says in any language of the server, because it is a name.</param>
internal sealed record DatabaseRight(string Name, string Holds, string Grant, string Word)
{
    /// <summary>The first version in which parameters and checkpoints can be granted; before, they take a superuser.</summary>
    public const int FirstWithGrants = 15;

    /// <summary>As <c>runbooks/postgres-roles.sql</c> grants them to <c>dro_rewind</c>.</summary>
    private static readonly string[] RewindCalls =
        ["pg_ls_dir(text, boolean, boolean)", "pg_stat_file(text, boolean)", "pg_read_binary_file(text)", "pg_read_binary_file(text, bigint, bigint, boolean)"];

    private const string IsSuperuser = "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)";

    public static readonly DatabaseRight Watch = new("pg_monitor", "pg_has_role('pg_monitor', 'USAGE')", "GRANT pg_monitor TO dro_watch", "pg_monitor");
    public static readonly DatabaseRight Promote = Function("pg_promote(boolean, integer)", "dro_switch");
    public static readonly DatabaseRight Reload = Function("pg_reload_conf()", "dro_switch");
    public static readonly DatabaseRight Resume = Function("pg_wal_replay_resume()", "dro_switch");
    public static readonly DatabaseRight StatFile = Function("pg_stat_file(text, boolean)", "dro_switch");
    public static readonly DatabaseRight ReadFile = Function("pg_read_file(text, bigint, bigint, boolean)", "dro_switch");

    public static readonly DatabaseRight SetNames = new(
        "ALTER SYSTEM on synchronous_standby_names",
        "has_parameter_privilege('synchronous_standby_names', 'ALTER SYSTEM')",
        "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO dro_switch",
        "\"synchronous_standby_names\"")
    {
        Before = new("ALTER SYSTEM on synchronous_standby_names", IsSuperuser, "ALTER ROLE dro SUPERUSER (PostgreSQL 14 and older grant ALTER SYSTEM to nobody else)", "ALTER SYSTEM"),
    };

    public static readonly DatabaseRight Checkpoint = new("pg_checkpoint", "pg_has_role('pg_checkpoint', 'USAGE')", "GRANT pg_checkpoint TO dro_switch (PostgreSQL 14 and older: ALTER ROLE dro SUPERUSER)", "CHECKPOINT")
    {
        Before = new("CHECKPOINT", IsSuperuser, "ALTER ROLE dro SUPERUSER (PostgreSQL 14 and older grant CHECKPOINT to nobody else)", "do CHECKPOINT"),
    };

    public static IReadOnlyList<DatabaseRight> All { get; } = [Watch, Promote, Reload, Resume, StatFile, ReadFile, SetNames, Checkpoint];

    /// <summary>What the same takes in versions that cannot grant it; null where all can.</summary>
    public DatabaseRight? Before { get; private init; }

    /// <summary>As a server of that version has it.</summary>
    public DatabaseRight At(int major) => major < FirstWithGrants && Before is { } before ? before : this;

    /// <summary>
    /// The rights a step asks of servers, with the parameter of the plan that names each. What <c>postgres.sql</c>'s own statement needs only its author knows.
    /// </summary>
    public static IEnumerable<(string Parameter, DatabaseRight Right)> Of(PlanStep step) => step.Kind switch
    {
        "postgres.fence" => step.Parameters.OptionalText("clean") is "true" ? [("database", Watch), ("database", Checkpoint)] : [("database", Watch)],
        "postgres.promote" =>
        [
            ("database", Watch), ("database", Promote), ("database", Resume), ("database", StatFile), ("database", ReadFile),
            .. step.Parameters.OptionalText("when-partner-lost") is "stall" ? [] : new[] { ("database", SetNames), ("database", Reload) },
        ],
        "postgres.replication" => step.Parameters.Has("primary") ? [("database", Watch), ("primary", Watch)] : [("database", Watch)],
        "postgres.divergence" => [("from", Watch), ("from", ReadFile), .. ReconciledTable.From(step.Parameters).Select(table => ("from", Reads(table)))],
        "postgres.rebuild" => [("from", Watch), ("from", ReadFile), ("from", Checkpoint), .. Follows(step.Parameters.OptionalText("replication-user"), step.Parameters.OptionalText("method") is "rewind").Select(right => ("from", right))],
        "postgres.synchronous" => [("database", Watch), ("database", SetNames), ("database", Reload), ("database", StatFile)],
        _ => [],
    };

    /// <summary>The same of a whole plan, for one database.</summary>
    public static IReadOnlyList<DatabaseRight> Of(Plan plan, string database) =>
        [.. plan.AllSteps.SelectMany(step => Of(step).Where(need => step.Parameters.OptionalText(need.Parameter) == database)).Select(need => need.Right).Distinct()];

    /// <summary>Those that the session's role has not, as this version of the server names them.</summary>
    /// <param name="needed">Asked for beside those of any plan: what only this one needs.</param>
    public static async Task<IReadOnlyList<DatabaseRight>> MissingAsync(NpgsqlConnection connection, IReadOnlyList<DatabaseRight> needed, CancellationToken cancellationToken)
    {
        var major = connection.PostgreSqlVersion.Major;
        List<DatabaseRight> asked = [.. All.Union(needed)];
        var fields = string.Join(", ", asked.Select((right, at) => FormattableString.Invariant($"'{at}', {right.At(major).Holds}")));
        var held = (JsonObject)JsonNode.Parse((await connection.TextAsync($"SELECT json_build_object({fields})::text", cancellationToken).ConfigureAwait(false))!)!;
        return [.. asked.Where((_, at) => !held.Flag(FormattableString.Invariant($"{at}"))).Select(right => right.At(major))];
    }

    /// <summary>What an administrator runs so that a refused statement is not refused again; empty for any other failure. By names, since servers speak many languages.</summary>
    public static string RemedyOf(PostgresException refused) =>
        refused.SqlState != PostgresErrorCodes.InsufficientPrivilege ? ""
        : All.Append(SetNames.Before!).FirstOrDefault(right => refused.MessageText.Contains(right.Word, StringComparison.Ordinal)) is { } found ? $"; missing: {found.Grant}; see postgres-roles.sql"
        : refused.MessageText.Contains("dro_marker", StringComparison.Ordinal) || refused.MessageText.Contains("public", StringComparison.Ordinal)
            ? "; missing: the table dro_marker with GRANT SELECT, INSERT ON dro_marker TO dro_record, and what the statement itself needs; see postgres-roles.sql"
        : "";

    /// <summary>The rows of a table, by the catalog alone: a name that is not there, or in a schema that our role may not look into, is a right that is missing and no error.</summary>
    private static DatabaseRight Reads(ReconciledTable table)
    {
        var (schema, name) = (table.Name.Split('.')[0], table.Name.Split('.')[^1]);
        return new(
            $"SELECT on {table.Name}",
            $"COALESCE((SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {Literal(schema)} AND c.relname = {Literal(name)}), false)",
            $"GRANT USAGE ON SCHEMA {schema} TO dro_switch; GRANT SELECT ON {table.Name} TO dro_switch",
            name);
    }

    /// <summary>What the role needs that a rebuilt server follows with: it is the host's to use, and met first when the old data are gone.</summary>
    /// <param name="user">Null for our own role; one that comes from another step is not known yet.</param>
    private static IEnumerable<DatabaseRight> Follows(string? user, bool rewinds)
    {
        if (user?.Contains("${", StringComparison.Ordinal) is true)
        {
            yield break;
        }

        var (role, grantee) = (user is null ? "current_user" : Literal(user), user ?? "dro");
        yield return new($"REPLICATION of {grantee}", $"COALESCE((SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = {role}), false)", $"ALTER ROLE {grantee} REPLICATION", "REPLICATION");
        if (rewinds)
        {
            var calls = string.Join(" AND ", RewindCalls.Select(call => $"has_function_privilege(oid, 'pg_catalog.{call}', 'EXECUTE')"));
            yield return new($"what pg_rewind reads, by {grantee}", $"COALESCE((SELECT {calls} FROM pg_roles WHERE rolname = {role}), false)", $"GRANT dro_rewind TO {grantee}", "pg_read_binary_file");
        }
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static DatabaseRight Function(string signature, string role) => new(
        $"EXECUTE on {signature}",
        $"has_function_privilege('pg_catalog.{signature}', 'EXECUTE')",
        $"GRANT EXECUTE ON FUNCTION pg_catalog.{signature} TO {role}",
        signature[..signature.IndexOf('(', StringComparison.Ordinal)]);
}
