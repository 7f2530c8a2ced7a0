using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;
using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>The journal in the database: each line and its evidence record are one transaction.</summary>
public sealed class SqlDrillJournal(Database database, WriteGate gate, ITransactionalEvidence evidence, ServingSites servingSites, ProcessClock clock, LeaseClock leases) : IDrillJournal
{
    private sealed record Row(long Sequence, long At, long Epoch, string Actor, string Kind, string? Step, long Attempt, string Data);

    /// <inheritdoc />
    public Task<OpenResult> OpenAsync(string actor, IReadOnlyList<string> systems, JsonObject opened, IReadOnlyList<RawOutput> objects, CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                if (HolderOf(scope, systems, null) is { } held)
                {
                    return held;
                }

                var run = scope.Connection.ExecuteScalar<long>("SELECT COALESCE(MAX(run), 0) + 1 FROM drill_run", transaction: scope.Transaction);
                if (ScheduledFire.Of(opened) is { } fire)
                {
                    // By the wall clock and in here: whoever stood still on the way is as late as one that was down.
                    var now = clock.Provider.GetUtcNow();
                    if (now > fire.Latest)
                    {
                        return new OpenResult(null, null, null) { FiredLate = true };
                    }

                    if (!FireKeys.Claim(scope, fire.Schedule, fire.FireTime, now, "opened", run))
                    {
                        return new OpenResult(null, null, null) { AlreadyFired = true };
                    }
                }

                scope.Connection.Execute($"INSERT INTO drill_run (run, opened_at) VALUES (@run, {leases.Sql})", new { run, now = leases.Now }, scope.Transaction);
                Lock(scope, systems, run);

                // Marks left at targets outlive a lost data folder, in which run numbers begin anew: the log's own id keeps them apart.
                var named = (JsonObject)opened.DeepClone();
                named["log"] = evidence.OriginWithin(scope).Split('/')[1];
                Append(scope, run, 0, new JournalDraft(JournalKinds.Opened, actor, named, Objects: objects), systems is [var only] ? only : opened["systems"] is JsonArray { Count: 1 } one ? one[0]!.GetValue<string>() : null);
                return new OpenResult(run, null, null);
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<JournalEntry> AppendAsync(long run, long epoch, JournalDraft draft, CancellationToken cancellationToken) =>
        gate.WriteAsync(scope => Append(scope, run, epoch, draft, null, RenewOrRefuse(scope, run, epoch)), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<JournalEntry>> AppendAllAsync(long run, long epoch, IReadOnlyList<JournalDraft> drafts, CancellationToken cancellationToken) =>
        gate.WriteAsync<IReadOnlyList<JournalEntry>>(
            scope =>
            {
                var newest = RenewOrRefuse(scope, run, epoch);
                var entries = new List<JournalEntry>(drafts.Count);
                for (var index = 0; index < drafts.Count; index++)
                {
                    try
                    {
                        entries.Add(Append(scope, run, epoch, drafts[index], null, newest + index));
                    }
                    catch (Exception refused) when (IsOfTheLine(refused))
                    {
                        throw new RefusedLineException(index, refused);
                    }
                }

                return entries;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<AnswerResult> AppendAnswerAsync(
        long run,
        JournalDraft draft,
        Func<IReadOnlyList<JournalEntry>, AnswerResult?> allow,
        CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                var entries = scope.Connection.Query<Row>(SelectRows, new { run, after = 0 }, scope.Transaction).Select(ToEntry).ToList();
                if (allow(entries) is { } refusal)
                {
                    return refusal;
                }

                Append(scope, run, 0, draft, null);
                return new AnswerResult(true, "accepted", "on record");
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<JournalEntry>> ReadAsync(long run, long afterSequence, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyList<JournalEntry>>([.. connection.Query<Row>(SelectRows, new { run, after = afterSequence }).Select(ToEntry)]);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<long>> RunsAsync(bool openOnly, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyList<long>>(
            [.. connection.Query<long>("SELECT run FROM drill_run WHERE @all OR closed_at IS NULL ORDER BY run", new { all = !openOnly })]);
    }

    /// <inheritdoc />
    public Task<LeaseClaim> ClaimAsync(
        long run, string owner, Func<LeaseClaim, IReadOnlyList<JournalEntry>, IReadOnlyList<JournalDraft>> first, CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                var began = leases.Begin();
                var (previous, epoch, renewed, letGo, now) = scope.Connection.QuerySingle<(string?, long, long?, long, long)>(
                    $"SELECT lease_owner, lease_epoch, lease_renewed_at, lease_let_go, {leases.Sql} FROM drill_run WHERE run = @run",
                    new { run, now = leases.Now },
                    scope.Transaction);
                var age = leases.AgeOf(leases.Look(began, now), run, renewed);
                scope.Connection.Execute(
                    "UPDATE drill_run SET lease_owner = @owner, lease_epoch = @next, lease_renewed_at = @at, lease_let_go = 0 WHERE run = @run",
                    new { run, owner, next = epoch + 1, at = now },
                    scope.Transaction);
                var claim = new LeaseClaim(epoch + 1, previous, age.Value) { AtLeast = age.AtLeast, AtMost = age.AtMost, LetGo = letGo != 0 };
                foreach (var draft in first(claim, [.. scope.Connection.Query<Row>(SelectRows, new { run, after = 0 }, scope.Transaction).Select(ToEntry)]))
                {
                    Append(scope, run, claim.Epoch, draft, null);
                }

                return claim;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<OpenResult> TakeLocksAsync(long run, long epoch, IReadOnlyList<string> systems, CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                RenewOrRefuse(scope, run, epoch);
                if (HolderOf(scope, systems, run) is { } held)
                {
                    return held;
                }

                scope.Connection.Execute("DELETE FROM system_lock WHERE run = @run", new { run }, scope.Transaction);
                Lock(scope, systems, run);
                Append(scope, run, epoch, new JournalDraft(JournalKinds.Locked, "system", new JsonObject { ["systems"] = new JsonArray([.. systems.Select(system => (JsonNode)system)]) }), null);
                return new OpenResult(run, null, null);
            },
            cancellationToken);

    /// <inheritdoc />
    public Task RenewAsync(long run, long epoch, CancellationToken cancellationToken) => gate.WriteAsync(scope => RenewOrRefuse(scope, run, epoch), cancellationToken);

    /// <inheritdoc />
    public Task LetGoAsync(long run, long epoch, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            RenewOrRefuse(scope, run, epoch);
            LetGo(scope, run);
        },
        cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, string>> ServingSitesAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyDictionary<string, string>>(
            connection.Query<(string System, string Site)>("SELECT system, site FROM serving_site").ToDictionary(row => row.System, row => row.Site));
    }

    private const string SelectRows = "SELECT sequence, at, epoch, actor, kind, step, attempt, data FROM drill_journal WHERE run = @run AND sequence > @after ORDER BY sequence";

    private static JournalEntry ToEntry(Row row) =>
        new(row.Sequence, Micros.FromUnixMicros(row.At), row.Epoch, row.Actor, row.Kind, row.Step, (int)row.Attempt, (JsonObject)JsonNode.Parse(row.Data)!);

    /// <summary>Who else holds one of the systems; null when nobody does.</summary>
    private static OpenResult? HolderOf(WriteScope scope, IReadOnlyList<string> systems, long? own) => systems
        .Select(system => (System: system, Holder: scope.Connection.QuerySingleOrDefault<long?>("SELECT run FROM system_lock WHERE system = @system", new { system }, scope.Transaction)))
        .Where(found => found.Holder is not null && found.Holder != own)
        .Select(found => new OpenResult(null, found.Holder, found.System))
        .FirstOrDefault();

    private static void Lock(WriteScope scope, IReadOnlyList<string> systems, long run)
    {
        foreach (var system in systems)
        {
            scope.Connection.Execute("INSERT INTO system_lock (system, run) VALUES (@system, @run)", new { system, run }, scope.Transaction);
        }
    }

    /// <summary>
    /// Every write of an owner renews its lease; one of a former owner is refused. One round trip where all is well: it stands before every line of every step.
    /// </summary>
    /// <returns>Sequence of the newest line.</returns>
    private long RenewOrRefuse(WriteScope scope, long run, long epoch)
    {
        var within = (long)LeaseClaim.ResumeWithin.TotalMicroseconds;
        var newest = scope.Connection.QuerySingleOrDefault<long?>(
            $"""
            UPDATE drill_run SET lease_renewed_at = {leases.Sql} WHERE run = @run AND lease_epoch = @epoch AND {leases.Sql} - lease_renewed_at <= @within
            RETURNING (SELECT COALESCE(MAX(sequence), 0) FROM drill_journal WHERE run = @run)
            """,
            new { run, epoch, within, now = leases.Now },
            scope.Transaction);
        if (newest is { } sequence)
        {
            return sequence;
        }

        var (renewed, now) = scope.Connection.QuerySingleOrDefault<(long? Renewed, long Now)>(
            $"SELECT lease_renewed_at, {leases.Sql} FROM drill_run WHERE run = @run AND lease_epoch = @epoch", new { run, epoch, now = leases.Now }, scope.Transaction);
        throw renewed is { } at ? new LeaseLapsedException(run, Micros.FromUnixMicros(now) - Micros.FromUnixMicros(at)) : new StaleEpochException(run, epoch);
    }

    private static void LetGo(WriteScope scope, long run) => scope.Connection.Execute("UPDATE drill_run SET lease_let_go = 1 WHERE run = @run", new { run }, scope.Transaction);

    /// <summary>What an evidence record may not hold, and values that a database does not take (class 22); everything else is not the line's doing.</summary>
    private static bool IsOfTheLine(Exception failure) => failure is ArgumentException or JsonException or PostgresException { SqlState: ['2', '2', ..] };

    /// <param name="follows">Sequence of the newest line, where this transaction knows it; null to ask.</param>
    private JournalEntry Append(WriteScope scope, long run, long epoch, JournalDraft draft, string? system, long? follows = null)
    {
        var now = clock.Now;
        var data = (JsonObject)draft.Data.DeepClone();
        if (draft.Objects is { Count: > 0 } objects)
        {
            data["objects"] = new JsonArray([.. objects.Select(raw => (JsonNode)new JsonObject
            {
                ["name"] = raw.Name,
                ["mediaType"] = raw.MediaType,
                ["object"] = evidence.KeepObjectWithin(scope, raw.Content, raw.MediaType),
            })]);
        }

        var text = data.ToJsonString();
        var sequence = 1 + (follows ?? scope.Connection.ExecuteScalar<long>("SELECT COALESCE(MAX(sequence), 0) FROM drill_journal WHERE run = @run", new { run }, scope.Transaction));
        scope.Connection.Execute(
            "INSERT INTO drill_journal (run, sequence, at, epoch, actor, kind, step, attempt, data) VALUES (@run, @sequence, @at, @epoch, @Actor, @Kind, @Step, @Attempt, @data)",
            new { run, sequence, at = now.ToUnixMicros(), epoch, draft.Actor, draft.Kind, draft.Step, draft.Attempt, data = text },
            scope.Transaction);
        if (draft.Serving is { } serving)
        {
            scope.Connection.Execute(
                "INSERT INTO serving_site (system, site, run, since) VALUES (@System, @Site, @run, @at) ON CONFLICT (system) DO UPDATE SET site = @Site, run = @run, since = @at",
                new { serving.System, serving.Site, run, at = now.ToUnixMicros() },
                scope.Transaction);
            scope.AfterCommit(() => servingSites.Moved(serving.System, serving.Site));
        }

        if (draft.LetsGo)
        {
            LetGo(scope, run);
        }

        if (draft.Kind == JournalKinds.Closed)
        {
            scope.Connection.Execute($"UPDATE drill_run SET closed_at = {leases.Sql} WHERE run = @run", new { run, now = leases.Now }, scope.Transaction);
            scope.Connection.Execute("DELETE FROM system_lock WHERE run = @run", new { run }, scope.Transaction);
        }

        evidence.AppendWithin(scope, new EvidenceDraft(draft.Kind, draft.Actor, run, system, EvidencePayload(sequence, epoch, draft, data)));
        // Read back as it is stored, so that a kind sees the same values in this process as after a crash.
        return new JournalEntry(sequence, now, epoch, draft.Actor, draft.Kind, draft.Step, draft.Attempt, (JsonObject)JsonNode.Parse(text)!);
    }

    private static JsonObject EvidencePayload(long sequence, long epoch, JournalDraft draft, JsonObject data)
    {
        var payload = new JsonObject { ["journal"] = sequence, ["epoch"] = epoch, ["data"] = data.DeepClone() };
        if (draft.Step is not null)
        {
            payload["step"] = draft.Step;
            payload["attempt"] = draft.Attempt;
        }

        if (draft.Kind == JournalKinds.Closed)
        {
            // Where the evidence format promises it to whoever knows nothing of journals.
            payload["outcome"] = data["outcome"]?.DeepClone();
        }

        return payload;
    }
}
