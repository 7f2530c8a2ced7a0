using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;
using DrOrchestrator.Words;

namespace DrOrchestrator.Storage;

/// <summary>Fire times in the database; the primary key is what keeps a firing to once.</summary>
internal sealed class SqlFireLedger(Database database, WriteGate gate, ITransactionalEvidence evidence, ProcessClock clock) : IFireLedger
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    private sealed record FireRow(string Schedule, long FireTime, long ClaimedAt, string? Outcome, long? Run, string? Text, string? Gates);

    private sealed record ScheduleRow(string Schedule, string Definition, long Since);

    public Task<bool> RecordOnceAsync(string schedule, DateTimeOffset fireTime, EvidenceDraft finding, CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                var claimed = scope.Connection.Execute(
                    "INSERT INTO calendar_fire (schedule, fire_time, claimed_at, outcome, text) VALUES (@schedule, @fireTime, @claimedAt, @outcome, @text) ON CONFLICT DO NOTHING",
                    new
                    {
                        schedule,
                        fireTime = fireTime.ToUnixMicros(),
                        claimedAt = clock.Now.ToUnixMicros(),
                        outcome = FireOutcome.Finding.Word(),
                        text = finding.Payload["finding"]?.GetValue<string>(),
                    },
                    scope.Transaction) == 1;
                if (claimed)
                {
                    evidence.AppendWithin(scope, finding);
                }

                return claimed;
            },
            cancellationToken);

    public Task<bool> ConcludeAsync(IReadOnlyList<Fire> fires, IReadOnlyList<EvidenceDraft> records, CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                // The oldest is looked at before any is written: the others are newer, and no key of theirs is there when none is at or behind it.
                foreach (var fire in fires)
                {
                    var gates = fire.Gates.Count == 0 ? null : JsonSerializer.Serialize(fire.Gates, Camel);
                    if (!FireKeys.Claim(scope, fire.Schedule, fire.FireTime, fire.At, fire.Outcome.Word(), fire.Run, fire.Text, gates))
                    {
                        return false;
                    }
                }

                foreach (var record in records)
                {
                    evidence.AppendWithin(scope, record);
                }

                return true;
            },
            cancellationToken);

    public Task<IReadOnlyList<Fire>> ReadAsync(string schedule, int limit, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var rows = connection.Query<FireRow>(
            "SELECT schedule, fire_time AS FireTime, claimed_at AS ClaimedAt, outcome, run, text, gates FROM calendar_fire WHERE schedule = @schedule ORDER BY fire_time DESC LIMIT @limit",
            new { schedule, limit });
        return Task.FromResult<IReadOnlyList<Fire>>([.. rows.Select(ToFire)]);
    }

    public Task<IReadOnlyList<KeptSchedule>> SchedulesAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyList<KeptSchedule>>(
            [.. connection.Query<ScheduleRow>("SELECT schedule, definition, since FROM calendar_schedule ORDER BY schedule").Select(ToSchedule)]);
    }

    public Task KeepAsync(IReadOnlyList<KeptSchedule> schedules, IReadOnlyList<string> forgotten, CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                foreach (var name in forgotten)
                {
                    scope.Connection.Execute("DELETE FROM calendar_schedule WHERE schedule = @name", new { name }, scope.Transaction);
                }

                foreach (var kept in schedules)
                {
                    scope.Connection.Execute(
                        "INSERT INTO calendar_schedule (schedule, definition, since) VALUES (@Name, @definition, @since) ON CONFLICT (schedule) DO UPDATE SET definition = @definition, since = @since",
                        new { kept.Name, definition = Definition(kept).ToJsonString(), since = kept.Since.ToUnixMicros() },
                        scope.Transaction);
                }
            },
            cancellationToken);

    private static Fire ToFire(FireRow row) => new(
        row.Schedule,
        Micros.FromUnixMicros(row.FireTime),
        row.Outcome is { } word && EnumWords.TryParse<FireOutcome>(word, out var outcome) ? outcome : FireOutcome.Finding,
        row.Run,
        row.Text ?? "",
        row.Gates is null ? [] : JsonSerializer.Deserialize<List<GateResult>>(row.Gates, Camel) ?? [],
        Micros.FromUnixMicros(row.ClaimedAt));

    private static JsonObject Definition(KeptSchedule kept) => new()
    {
        ["kind"] = kept.Kind,
        ["plan"] = kept.Plan,
        ["systems"] = new JsonArray([.. kept.Systems.Select(system => (JsonNode)system)]),
        ["mode"] = kept.Mode,
        ["cron"] = kept.Cron,
        ["timeZone"] = kept.TimeZone,
    };

    private static KeptSchedule ToSchedule(ScheduleRow row)
    {
        var definition = JsonNode.Parse(row.Definition)!;
        return new(
            row.Schedule,
            definition["kind"]!.GetValue<string>(),
            definition["plan"]!.GetValue<string>(),
            [.. definition["systems"]!.AsArray().Select(system => system!.GetValue<string>())],
            definition["mode"]?.GetValue<string>(),
            definition["cron"]!.GetValue<string>(),
            definition["timeZone"]!.GetValue<string>(),
            Micros.FromUnixMicros(row.Since));
    }
}
