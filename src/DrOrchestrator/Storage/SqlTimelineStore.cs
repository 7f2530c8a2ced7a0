using System.Data;
using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Timelines in the database.</summary>
internal sealed class SqlTimelineStore(Database database, WriteGate gate) : ITimelineStore
{
    private static readonly ManyRows Observations = new(
        "INSERT INTO timeline_observed (subject, until, last_good_started, last_failed_started) VALUES",
        "ON CONFLICT (subject) DO UPDATE SET until = excluded.until, last_good_started = excluded.last_good_started, last_failed_started = excluded.last_failed_started",
        DbType.String,
        DbType.Int64,
        DbType.Int64,
        DbType.Int64);

    private const string Columns =
        "subject AS Subject, state AS State, start_earliest AS StartEarliest, start_at AS StartAt, start_latest AS StartLatest, "
        + "end_earliest AS EndEarliest, end_at AS EndAt, end_latest AS EndLatest, reason AS Reason";

    /// <summary>
    /// Rows end in their order, but for error bars that reach over a few: from the newest that ended before, going back so many finds all, without a walk over ten years.
    /// </summary>
    private const int Overlapping = 64;

    public Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        IReadOnlyList<Interval> rows =
        [
            .. connection.Query<Row>(
                $"""
                SELECT {Columns} FROM timeline_interval WHERE subject = @subject AND start_earliest < @to AND (end_latest IS NULL OR end_latest > @from)
                AND number >= COALESCE((SELECT number FROM timeline_interval WHERE subject = @subject AND end_latest <= @from ORDER BY number DESC LIMIT 1), 0) - {Overlapping}
                ORDER BY number
                """,
                new { subject, from = from.ToUnixMicros(), to = to.ToUnixMicros() }).Select(row => row.ToInterval()),
        ];
        return Task.FromResult(rows);
    }

    public Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        IReadOnlyList<Blip> rows =
        [
            .. connection.Query<(string Within, long From, long To)>(
                "SELECT within, from_at, to_at FROM timeline_blip WHERE subject = @subject AND from_at < @to AND to_at > @from ORDER BY from_at",
                new { subject, from = from.ToUnixMicros(), to = to.ToUnixMicros() })
                .Select(row => new Blip(subject, Enum.Parse<IntervalState>(row.Within), Micros.FromUnixMicros(row.From), Micros.FromUnixMicros(row.To))),
        ];
        return Task.FromResult(rows);
    }

    public Task<IReadOnlyList<Blip>> ReadBlipsAsync(DateTimeOffset endedAfter, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        IReadOnlyList<Blip> rows =
        [
            .. connection.Query<(string Subject, string Within, long From, long To)>(
                "SELECT subject, within, from_at, to_at FROM timeline_blip WHERE to_at > @after ORDER BY subject, from_at", new { after = endedAfter.ToUnixMicros() })
                .Select(row => new Blip(row.Subject, Enum.Parse<IntervalState>(row.Within), Micros.FromUnixMicros(row.From), Micros.FromUnixMicros(row.To))),
        ];
        return Task.FromResult(rows);
    }

    public Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken) => gate.WriteAsync(scope => Write(scope, batch), cancellationToken);

    /// <summary>Writes inside a transaction that holds more.</summary>
    internal static void Write(WriteScope scope, TimelineBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            Change(scope, change);
        }

        scope.Connection.Execute(
            "INSERT INTO timeline_blip (subject, within, from_at, to_at) VALUES (@Subject, @Within, @From, @To)",
            batch.Blips.Select(blip => new { blip.Subject, Within = blip.Within.ToString(), From = blip.From.ToUnixMicros(), To = blip.To.ToUnixMicros() }),
            scope.Transaction);

        // Of one subject the newest counts; a statement must not meet the same key twice.
        Observations.Write(scope, batch.Observed.GroupBy(o => o.Subject, StringComparer.Ordinal).Select(same => same.Last()).Select(o => new object?[]
        {
            o.Subject, o.Until.ToUnixMicros(), o.LastGoodStartedAt?.ToUnixMicros(), o.LastFailedStartedAt?.ToUnixMicros(),
        }));
        SqlProbeMinuteStore.Write(scope, batch.Minutes);
    }

    public Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult(ReadTails(connection, null));
    }

    /// <summary>Reads them, inside a transaction that goes on from there or outside of one.</summary>
    internal static IReadOnlyDictionary<string, TimelineTail> ReadTails(IDbConnection connection, IDbTransaction? transaction)
    {
        var observed = connection.Query<(string Subject, long Until, long? Good, long? Failed)>(
            "SELECT subject, until, last_good_started, last_failed_started FROM timeline_observed", transaction: transaction).ToDictionary(row => row.Subject, StringComparer.Ordinal);
        return connection.Query<Row>($"SELECT {Columns} FROM timeline_interval WHERE end_at IS NULL", transaction: transaction)
            .Select(row => row.ToInterval())
            .ToDictionary(
                open => open.Subject,
                open => new TimelineTail(open, observed.TryGetValue(open.Subject, out var o)
                    ? new ObservedUntil(open.Subject, Micros.FromUnixMicros(o.Until), Moment(o.Good), Moment(o.Failed))
                    : new ObservedUntil(open.Subject, open.Start.Latest, null, null)),
                StringComparer.Ordinal);
    }

    private static void Change(WriteScope scope, TimelineChange change)
    {
        var edge = new { change.Subject, Earliest = change.At.Earliest.ToUnixMicros(), At = change.At.At.ToUnixMicros(), Latest = change.At.Latest.ToUnixMicros() };
        scope.Connection.Execute(
            "UPDATE timeline_interval SET end_earliest = @Earliest, end_at = @At, end_latest = @Latest WHERE subject = @Subject AND end_at IS NULL",
            edge,
            scope.Transaction);
        scope.Connection.Execute(
            """
            INSERT INTO timeline_interval (subject, number, state, start_earliest, start_at, start_latest, reason)
            SELECT @Subject, COALESCE(MAX(number), 0) + 1, @State, @Earliest, @At, @Latest, @Reason FROM timeline_interval WHERE subject = @Subject
            """,
            new { edge.Subject, State = change.State.ToString(), edge.Earliest, edge.At, edge.Latest, change.Reason },
            scope.Transaction);
    }

    private static DateTimeOffset? Moment(long? micros) => micros is { } value ? Micros.FromUnixMicros(value) : null;

    private sealed record Row(
        string Subject, string State, long StartEarliest, long StartAt, long StartLatest, long? EndEarliest, long? EndAt, long? EndLatest, string Reason)
    {
        public Interval ToInterval() => new(
            Subject,
            Enum.Parse<IntervalState>(State),
            new Edge(Micros.FromUnixMicros(StartEarliest), Micros.FromUnixMicros(StartAt), Micros.FromUnixMicros(StartLatest)),
            EndAt is null ? null : new Edge(Micros.FromUnixMicros(EndEarliest!.Value), Micros.FromUnixMicros(EndAt.Value), Micros.FromUnixMicros(EndLatest!.Value)),
            Reason);
    }
}
