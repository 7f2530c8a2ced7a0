using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// The rows behind the transactions that only a fenced server has: its host reads them from a copy of the data, the new primary is asked for the same keys, and what differs is listed
/// whole for the business. Only keys and declared columns come; what cannot be read is no empty list.
/// </summary>
internal sealed class RowReconciliation(DatabaseHosts hosts, DatabaseSessions sessions, RowMask mask)
{
    private const int SaltBytes = 16;

    // As the host's script sets it for the copy, so that the same row has the same text; a policy that hides rows would call them lost.
    private const string Settings = """
        SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
        SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex';
        SET LOCAL lc_monetary = 'C'; SET LOCAL search_path = 'pg_catalog'; SET LOCAL row_security = off
        """;

    /// <summary>Adds its figures to the outputs; a reason where it could not be done.</summary>
    public async Task<(RawOutput? List, string Reason)> AddAsync(StepContext context, IReadOnlyList<ReconciledTable> tables, JsonObject intent, JsonObject outputs, CancellationToken cancellationToken)
    {
        var (old, from) = (context.Database(), context.Database("from"));
        var salt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes));
        var timeline = string.Create(CultureInfo.InvariantCulture, $"{(long)(intent.Number("timeline") ?? 0)}");
        var answer = await hosts.AskAsync(
            old, cancellationToken, "rows", [intent.Text("fence"), intent.Text("forkLsn"), timeline, old.Target.Database, salt, .. tables.Select(table => table.Word)]).ConfigureAwait(false);
        if (answer is not HostAnswer.Said said)
        {
            return (null, $"the rows of {old.Name} could not be read: {answer.Reason}");
        }

        if (OldRows.From(said.Facts, tables) is not { } told)
        {
            return (null, $"the host of {old.Name} has not told of every table: bring the postgres-host.sh that is packed beside this dro");
        }

        try
        {
            var findings = await sessions.UseAsync(
                from,
                "dro",
                connection => CompareAsync(connection, tables, told, salt, mask.KeyOf(context.RunMark), cancellationToken),
                cancellationToken).ConfigureAwait(false);
            return (Written(context, intent, findings, salt, told.Rest.Without(RowRest.OwnTables(context.Estate)), outputs), "");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return (null, $"the tables cannot be read at {from.Name}: {refused.MessageText}; missing: GRANT SELECT ON {string.Join(", ", tables.Select(table => table.Name))} TO dro_switch; see postgres-roles.sql");
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return (null, $"the tables cannot be read at {from.Name}: {reason}");
        }
    }

    private static RawOutput Written(StepContext context, JsonObject intent, IReadOnlyList<TableFinding> findings, string salt, RowRest rest, JsonObject outputs)
    {
        IReadOnlyList<string> others = [.. rest.Gaps()];
        var list = new JsonObject
        {
            ["database"] = context.Database().Name,
            ["from"] = context.Database("from").Name,
            ["forkLsn"] = intent.Text("forkLsn"),
            ["complete"] = others.Count == 0 && findings.All(finding => finding.Gaps.Count == 0),
            ["gaps"] = JournalJson.Array(others),

            // Of the digests: neither opens any without the key of the evidence.
            ["salt"] = salt,
            ["keyName"] = RowMask.NameOf(context.RunMark),
            ["notCompared"] = rest.ToJson(),
            ["tables"] = new JsonArray([.. findings.Select(finding => finding.ToJson())]),
        };
        var content = Encoding.UTF8.GetBytes(list.ToJsonString());
        outputs["onlyOld"] = findings.Sum(finding => finding.OnlyOld.Count);
        outputs["onlyNew"] = findings.Sum(finding => finding.OnlyNew.Count);
        outputs["differ"] = findings.Sum(finding => finding.Differ.Count);
        outputs["rowsComplete"] = list["complete"]!.DeepClone();
        outputs["rowsGaps"] = string.Join("; ", findings.SelectMany(finding => finding.Gaps).Concat(others));
        outputs["rowsDigest"] = Convert.ToHexStringLower(SHA256.HashData(content));
        return new RawOutput("reconciliation-rows.json", "application/json", content);
    }

    private static async Task<IReadOnlyList<TableFinding>> CompareAsync(NpgsqlConnection connection, IReadOnlyList<ReconciledTable> tables, OldRows told, string salt, byte[] key, CancellationToken cancellationToken)
    {
        var findings = new List<TableFinding>();
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await connection.RunAsync(Settings, cancellationToken).ConfigureAwait(false);
            var end = await connection.TextAsync("SELECT pg_snapshot_xmax(pg_current_snapshot())::text", cancellationToken).ConfigureAwait(false);
            var own = new OwnTransactions(told.Next, ulong.Parse(end ?? "0", CultureInfo.InvariantCulture));
            foreach (var (table, old) in tables.Zip(told.Tables))
            {
                var now = await ReadAsync(connection, table, old, salt, cancellationToken).ConfigureAwait(false);
                findings.Add(RowJudge.Judge(
                    table, old with { Rows = Masked(old.Rows, key) }, now with { ByPlace = Masked(now.ByPlace, key), ByKey = Masked(now.ByKey, key) }, own));
            }
        }

        return findings;
    }

    private static async Task<NewTable> ReadAsync(NpgsqlConnection connection, ReconciledTable table, OldTable old, string salt, CancellationToken cancellationToken)
    {
        var relation = await connection.TextAsync(
            """
            SELECT format('%s/%s/%s', COALESCE(NULLIF(c.reltablespace, 0), d.dattablespace), d.oid, pg_relation_filenode(c.oid))
            FROM pg_class c, pg_database d WHERE c.oid = $1::regclass AND d.datname = current_database()
            """, cancellationToken, table.Quoted).ConfigureAwait(false);
        var columns = await connection.TextAsync(
            "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
            cancellationToken, table.Quoted).ConfigureAwait(false);
        var row = $"""
            json_build_array(json_build_array({Listed(table.Key, "t.{0}::text")}), t.ctid::text, encode(sha256(convert_to('{salt}' || t::text, 'UTF8')), 'hex'),
                json_build_array({Listed(table.Show, "left(t.{0}::text, 200)")}), json_build_array({Listed(table.Hash, $"encode(sha256(convert_to('{salt}' || t.{{0}}::text, 'UTF8')), 'hex')")}), t.xmin::text::bigint)
            """;
        var byPlace = await RowsAsync(connection, $"SELECT {row}::text FROM ONLY {table.Quoted} t WHERE t.ctid = ANY ($1::text[]::tid[])", cancellationToken, (object)old.Touched.Select(one => one.Place).ToArray()).ConfigureAwait(false);

        // The types as the catalogue writes them, so that an index on the key is used.
        var types = await RowsAsync(
            connection,
            "SELECT to_json(format_type(a.atttypid, a.atttypmod))::text FROM unnest($2::text[]) WITH ORDINALITY AS k(name, at) JOIN pg_attribute a ON a.attrelid = $1::regclass AND a.attname = k.name ORDER BY k.at",
            cancellationToken, table.Quoted, table.Key.ToArray()).ConfigureAwait(false);
        var joined = string.Join(" AND ", table.Key.Select((key, at) => string.Create(CultureInfo.InvariantCulture, $"t.{ReconciledTable.Quote(key)} = CAST(k.c{at} AS {types[at]!.GetValue<string>()})")));
        var lists = string.Join(", ", table.Key.Select((_, at) => string.Create(CultureInfo.InvariantCulture, $"${at + 1}::text[]")));
        var names = string.Join(", ", table.Key.Select((_, at) => string.Create(CultureInfo.InvariantCulture, $"c{at}")));
        var byKey = await RowsAsync(
            connection,
            $"SELECT {row}::text FROM unnest({lists}) AS k({names}) JOIN ONLY {table.Quoted} t ON {joined}",
            cancellationToken,
            [.. table.Key.Select((_, at) => (object)old.Rows.Where(one => !one.Key.Contains("\u0000null")).Select(one => one.Key[at]).ToArray())]).ConfigureAwait(false);
        return new NewTable(relation ?? "", columns ?? "", Rows(byPlace, table), Rows(byKey, table));
    }

    private static IReadOnlyList<SideRow> Rows(IReadOnlyList<JsonNode?> rows, ReconciledTable table) => [.. rows.Select(row => SideRow.From(row, table)).OfType<SideRow>()];

    private static IReadOnlyList<SideRow> Masked(IReadOnlyList<SideRow> rows, byte[] key) => [.. rows.Select(row => RowMask.Mask(row, key))];

    private static string Listed(IReadOnlyList<string> columns, string form) => string.Join(", ", columns.Select(column => form.Replace("{0}", ReconciledTable.Quote(column), StringComparison.Ordinal)));

    private static async Task<IReadOnlyList<JsonNode?>> RowsAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            }

            var rows = new List<JsonNode?>();
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(JsonNode.Parse(reader.GetString(0)));
                }
            }

            return rows;
        }
    }
}
