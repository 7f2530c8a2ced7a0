using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Restores;

/// <summary>
/// <c>postgres.restore-check</c>: looks into what was restored, by SQL in read-only transactions (7.4 c: verified by content). Counts are compared with the source up to the moment the
/// backup represents, and the newest row is held against that moment. Every answer is on record, also of a check that failed.
/// </summary>
internal sealed class RestoreCheckStep(DatabaseSessions sessions) : IStepKind
{
    public StepKindShape Shape { get; } = new(
        "postgres.restore-check",
        StepEffect.None,
        NeedsSite: false,
        "Looks into a restored database by SQL: fixed answers, counts as the source has them, and how young the newest row is.",
        [
            new ParameterShape("place", ParameterType.RestorePlaceName, true, "Where it was restored."),
            new ParameterShape("restored-by", ParameterType.StepName, true, "The postgres.restore step."),
            new ParameterShape("checks", ParameterType.Object, true, "By name: { sql: SELECT, and expect: TEXT, at-least: NUMBER or as-source: true }. $1 is the moment up to which content is compared."),
            new ParameterShape("source", ParameterType.DatabaseName, false, "The database that as-source asks too, read-only."),
            new ParameterShape("settle", ParameterType.Duration, false, "Content is compared up to so long before the moment the backup represents, for transactions that were going on then; 1m by default."),
            new ParameterShape("newest", ParameterType.Text, false, "One SELECT whose first value is the time of the newest row (timestamptz)."),
            new ParameterShape("newest-within", ParameterType.Duration, false, "How long before that moment it may be: the longest time without a row that is normal; 5m by default."),
        ],
        ["checks", "newest", "comparedUpTo"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var step = context.Parameters.Text("restored-by");
        var restored = context.Steps.OutputsOf(step) ?? throw new StepFailedException($"step '{step}' has restored nothing in this run");
        var checks = RestoreCheck.From(context.Parameters.Object("checks"));
        return checks.FirstOrDefault(check => check.AsSource) is { } asks && !context.Parameters.Has("source")
            ? throw new StepFailedException($"check '{asks.Name}' asks the source, and no 'source:' is named")
            : Task.FromResult(new JsonObject { ["place"] = RestoreHosts.PlaceOf(context).Name, ["mark"] = restored.Text("mark"), ["represents"] = restored.Text("represents") });
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var place = RestoreHosts.PlaceOf(context);
        var restored = new DatabaseDefinition(place.Name, place.System, place.Site, place.Target, null, place.Name);
        var represents = intent.Moment("represents")!.Value;
        var until = represents - context.Parameters.Duration("settle", TimeSpan.FromMinutes(1));
        var (found, problems) = (new JsonObject(), new List<string>());
        try
        {
            await RequireItselfAsync(restored, intent.Text("mark"), cancellationToken).ConfigureAwait(false);
            foreach (var check in RestoreCheck.From(context.Parameters.Object("checks")))
            {
                var here = await AskAsync(restored, check.Name, check.Sql, until, cancellationToken).ConfigureAwait(false);
                var there = check.AsSource ? await AskAsync(context.Database("source"), check.Name, check.Sql, until, cancellationToken).ConfigureAwait(false) : null;
                found[check.Name] = check.AsSource ? new JsonObject { ["restored"] = here, ["source"] = there } : new JsonObject { ["restored"] = here };
                problems.AddRange(check.Problem(here, there) is { } problem ? [problem] : []);
            }

            var newest = default(DateTimeOffset?);
            if (context.Parameters.OptionalText("newest") is { } sql)
            {
                newest = DateTimeOffset.TryParse(await AskAsync(restored, "newest", $"SELECT to_char((({sql}) AT TIME ZONE 'UTC')::timestamp, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')", until, cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var row) ? row : null;
                problems.AddRange(NewestRow.Problem(newest, represents, context.Parameters.Duration("newest-within", TimeSpan.FromMinutes(5))) is { } problem ? [problem] : []);
            }

            var outputs = new JsonObject { ["checks"] = found, ["newest"] = newest?.ToRfc3339(), ["comparedUpTo"] = until.ToRfc3339() };
            IReadOnlyList<RawOutput> kept = [new RawOutput("restore-checks.json", "application/json", System.Text.Encoding.UTF8.GetBytes(outputs.ToJsonString()))];
            return problems.Count == 0 ? new StepOutcome.Done(outputs, kept) : new StepOutcome.Failed($"the restored data are not what they should be: {string.Join("; ", problems)}", kept);
        }
        catch (StepFailedException e)
        {
            return new StepOutcome.Failed(e.Message);
        }
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "looking has no effect"));

    public string Describe(PlanStep step, Estate estate) =>
        $"look into what step {step.Parameters.Text("restored-by")} restored: {string.Join(", ", step.Parameters.Object("checks")?.Select(check => check.Key) ?? [])}";

    /// <summary>Whoever answers at that port must be the server of that restore: a check against another one would prove nothing.</summary>
    private async Task RequireItselfAsync(DatabaseDefinition restored, string mark, CancellationToken cancellationToken)
    {
        var folder = await AskAsync(restored, "its folder", "SELECT current_setting('data_directory')", default, cancellationToken).ConfigureAwait(false);
        if (folder?.EndsWith($"/{mark}/data", StringComparison.Ordinal) != true)
        {
            throw new StepFailedException($"the server at {DatabaseSessions.ServerOf(restored)} works in '{folder}', not in the folder of {mark}: it is another one");
        }
    }

    private async Task<string?> AskAsync(DatabaseDefinition database, string check, string sql, DateTimeOffset until, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.UseAsync(
                database,
                "dro-restore-check",
                async connection =>
                {
                    var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                    await using (transaction.ConfigureAwait(false))
                    {
                        await connection.RunAsync("SET TRANSACTION READ ONLY", cancellationToken).ConfigureAwait(false);
                        return await FirstAsync(connection, sql, until, cancellationToken).ConfigureAwait(false);
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            throw new StepFailedException($"{check} could not be asked of {DatabaseSessions.ServerOf(database)}: {reason}");
        }
    }

    private static async Task<string?> FirstAsync(NpgsqlConnection connection, string sql, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            if (sql.Contains("$1", StringComparison.Ordinal))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = until.UtcDateTime });
            }

            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) switch
            {
                null or DBNull => null,
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            };
        }
    }
}
