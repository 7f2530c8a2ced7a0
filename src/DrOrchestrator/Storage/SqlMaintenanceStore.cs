using System.Data.Common;
using Dapper;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Planned interruptions and known outages in the database; each word and its evidence are one transaction.</summary>
internal sealed class SqlMaintenanceStore(Database database, WriteGate gate, ITransactionalEvidence evidence) : IMaintenanceStore
{
    private const string Approved = "approved";
    private const string Cancelled = "cancelled";

    private sealed record EntryRow(long Number, string ChangeNumber, long StartAt, long EndAt, string Reason, long NoticeUs, string RequestedBy, long RequestedAt);

    private sealed record WordRow(long Number, string Decision, string DecidedBy, long DecidedAt, string? Reason);

    private sealed record OutageRow(
        long Number, string System, long FromAt, long ToAt, string Source, string Reason, string? ChangeNumber, string RecordedBy, long RecordedAt);

    public Task<MaintenanceBook> ReadAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult(Read(connection, null));
    }

    public Task<MaintenanceResult> ChangeAsync(Func<MaintenanceBook, MaintenanceResult> decide, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            var book = Read(scope.Connection, scope.Transaction);
            var result = decide(book);
            switch (result)
            {
                case MaintenanceResult.Entered entered:
                    Write(scope, book.Entries.FirstOrDefault(known => known.Number == entered.Entry.Number), entered.Entry);
                    evidence.AppendWithin(scope, entered.Evidence);
                    break;
                case MaintenanceResult.Reported reported:
                    Write(scope, reported.Outage);
                    evidence.AppendWithin(scope, reported.Evidence);
                    break;
            }

            return result;
        },
        cancellationToken);

    private static void Write(WriteScope scope, MaintenanceEntry? before, MaintenanceEntry entry)
    {
        if (before is null)
        {
            scope.Connection.Execute(
                """
                INSERT INTO maintenance_entry (number, change_number, start_at, end_at, reason, notice_us, requested_by, requested_at)
                VALUES (@Number, @ChangeNumber, @Start, @End, @Reason, @Notice, @By, @At)
                """,
                new
                {
                    entry.Number,
                    entry.ChangeNumber,
                    Start = entry.Start.ToUnixMicros(),
                    End = entry.End.ToUnixMicros(),
                    entry.Reason,
                    Notice = entry.Notice.Ticks / TimeSpan.TicksPerMicrosecond,
                    entry.Requested.By,
                    At = entry.Requested.At.ToUnixMicros(),
                },
                scope.Transaction);
            scope.Connection.Execute(
                "INSERT INTO maintenance_system (number, system) VALUES (@Number, @System)",
                entry.Systems.Select(system => new { entry.Number, System = system }).ToList(),
                scope.Transaction);
        }

        foreach (var (word, decision) in new[] { (before?.Approved is null ? entry.Approved : null, Approved), (before?.Cancelled is null ? entry.Cancelled : null, Cancelled) })
        {
            if (word is not null)
            {
                scope.Connection.Execute(
                    "INSERT INTO maintenance_decision (number, decision, decided_by, decided_at, reason) VALUES (@Number, @decision, @By, @At, @Reason)",
                    new { entry.Number, decision, word.By, At = word.At.ToUnixMicros(), word.Reason },
                    scope.Transaction);
            }
        }
    }

    private static void Write(WriteScope scope, OutageReport outage) => scope.Connection.Execute(
        """
        INSERT INTO reported_outage (number, system, from_at, to_at, source, reason, change_number, recorded_by, recorded_at)
        VALUES (@Number, @System, @From, @To, @Source, @Reason, @ChangeNumber, @By, @At)
        """,
        new
        {
            outage.Number,
            outage.System,
            From = outage.From.ToUnixMicros(),
            To = outage.To.ToUnixMicros(),
            outage.Source,
            outage.Reason,
            outage.ChangeNumber,
            outage.Recorded.By,
            At = outage.Recorded.At.ToUnixMicros(),
        },
        scope.Transaction);

    private static MaintenanceBook Read(DbConnection connection, DbTransaction? transaction)
    {
        var systems = connection.Query<(long Number, string System)>("SELECT number, system FROM maintenance_system ORDER BY number, system", transaction: transaction)
            .ToLookup(row => row.Number, row => row.System);
        var words = connection.Query<WordRow>(
            "SELECT number AS Number, decision AS Decision, decided_by AS DecidedBy, decided_at AS DecidedAt, reason AS Reason FROM maintenance_decision", transaction: transaction)
            .ToDictionary(row => (row.Number, row.Decision), row => new MaintenanceWord(row.DecidedBy, Micros.FromUnixMicros(row.DecidedAt), row.Reason));
        var entries = connection.Query<EntryRow>(
            """
            SELECT number AS Number, change_number AS ChangeNumber, start_at AS StartAt, end_at AS EndAt, reason AS Reason, notice_us AS NoticeUs,
                   requested_by AS RequestedBy, requested_at AS RequestedAt
            FROM maintenance_entry ORDER BY number
            """,
            transaction: transaction);
        var outages = connection.Query<OutageRow>(
            """
            SELECT number AS Number, system AS System, from_at AS FromAt, to_at AS ToAt, source AS Source, reason AS Reason, change_number AS ChangeNumber,
                   recorded_by AS RecordedBy, recorded_at AS RecordedAt
            FROM reported_outage ORDER BY number
            """,
            transaction: transaction);
        var newest = connection.ExecuteScalar<long?>(
            """
            SELECT MAX(newest) FROM (
                SELECT MAX(until) AS newest FROM timeline_observed
                UNION ALL SELECT MAX(requested_at) FROM maintenance_entry
                UNION ALL SELECT MAX(decided_at) FROM maintenance_decision
                UNION ALL SELECT MAX(recorded_at) FROM reported_outage) AS moments
            """,
            transaction: transaction);
        return new MaintenanceBook(
            [
                .. entries.Select(row => new MaintenanceEntry(
                    row.Number,
                    row.ChangeNumber,
                    [.. systems[row.Number]],
                    Micros.FromUnixMicros(row.StartAt),
                    Micros.FromUnixMicros(row.EndAt),
                    row.Reason,
                    TimeSpan.FromMicroseconds(row.NoticeUs),
                    new MaintenanceWord(row.RequestedBy, Micros.FromUnixMicros(row.RequestedAt)),
                    words.GetValueOrDefault((row.Number, Approved)),
                    words.GetValueOrDefault((row.Number, Cancelled)))),
            ],
            [
                .. outages.Select(row => new OutageReport(
                    row.Number,
                    row.System,
                    Micros.FromUnixMicros(row.FromAt),
                    Micros.FromUnixMicros(row.ToAt),
                    row.Source,
                    row.Reason,
                    row.ChangeNumber,
                    new MaintenanceWord(row.RecordedBy, Micros.FromUnixMicros(row.RecordedAt)))),
            ],
            newest is { } micros ? Micros.FromUnixMicros(micros) : null);
    }
}
