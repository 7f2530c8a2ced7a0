using System.Data;
using Dapper;
using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage;

/// <summary>Minutes of probes in the database; the hours made of them: <see cref="ProbeHours"/>.</summary>
internal sealed class SqlProbeMinuteStore(Database database, WriteGate gate) : IProbeMinuteStore
{
    private static readonly ManyRows Rows = new(
        "INSERT INTO probe_minute (probe, minute, epoch, good, failed, not_looked, latency, value_count, value_sum, value_min, value_max) VALUES",
        """
        ON CONFLICT (probe, minute, epoch) DO UPDATE SET good = excluded.good, failed = excluded.failed, not_looked = excluded.not_looked,
            latency = excluded.latency, value_count = excluded.value_count, value_sum = excluded.value_sum, value_min = excluded.value_min,
            value_max = excluded.value_max
        WHERE excluded.good + excluded.failed + excluded.not_looked >= probe_minute.good + probe_minute.failed + probe_minute.not_looked
        """,
        [
            DbType.String, DbType.Int64, DbType.String, DbType.Int64, DbType.Int64, DbType.Int64, DbType.String, DbType.Int64, DbType.Double, DbType.Double, DbType.Double,
        ]);

    private readonly OldProbeHours _old = new();

    public Task SaveAsync(IReadOnlyList<SeenMinute> minutes, CancellationToken cancellationToken) =>
        gate.WriteAsync(scope => Write(scope, minutes), cancellationToken);

    public Task<IReadOnlyList<SeenMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        IReadOnlyList<SeenMinute> rows =
        [
            .. connection.Query<Row>(
                """
                SELECT minute AS Minute, epoch AS Epoch, good AS Good, failed AS Failed, not_looked AS NotLooked, latency AS Latency,
                       value_count AS ValueCount, value_sum AS ValueSum, value_min AS ValueMin, value_max AS ValueMax
                FROM probe_minute WHERE probe = @probe AND minute >= @from AND minute < @to ORDER BY minute, epoch
                """,
                new { probe, from = FirstAtOrAfter(from), to = FirstAtOrAfter(to) })
                .Select(row => row.ToSeen(probe)),
        ];
        return Task.FromResult(rows);
    }

    public Task<ProbePast> ReadPastAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult(ProbeHours.Read(connection, probe, FirstAtOrAfter(from), FirstAtOrAfter(to)));
    }

    public Task<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => gate.WriteAsync(scope => ProbeHours.RollUp(scope, _old, now), cancellationToken);

    /// <summary>Writes inside a transaction that holds more. Their hours are then to be rolled up, also those that were already.</summary>
    internal static void Write(WriteScope scope, IReadOnlyList<SeenMinute> minutes)
    {
        // Of one minute of one process the version with more results is the newer; a statement must not meet the same key twice.
        var newest = minutes.GroupBy(seen => (seen.Minute.Probe, seen.Minute.Minute, seen.Epoch)).Select(versions => versions.MaxBy(seen => seen.Minute.Results)!).ToList();
        Rows.Write(scope, newest.Select(Row.Of));
        ProbeHours.MarkDue(scope, newest.Select(seen => (AsNumber(seen.Minute.Minute) / 60, seen.Minute.Probe)).Distinct());
    }

    internal static long AsNumber(DateTimeOffset minute) => minute.ToUnixTimeSeconds() / 60;

    private static long FirstAtOrAfter(DateTimeOffset moment) => (long)Math.Ceiling((moment - DateTimeOffset.UnixEpoch) / TimeSpan.FromMinutes(1));

    private sealed record Row(
        long Minute, string Epoch, long Good, long Failed, long NotLooked, string Latency, long ValueCount, double? ValueSum, double? ValueMin, double? ValueMax)
    {
        public static object?[] Of(SeenMinute seen)
        {
            var minute = seen.Minute;
            return
            [
                minute.Probe, AsNumber(minute.Minute), seen.Epoch, (long)minute.Good, (long)minute.Failed, (long)minute.Unknown, minute.Latency.ToString(),
                minute.Values?.Count ?? 0L, minute.Values?.Sum, minute.Values?.Min, minute.Values?.Max,
            ];
        }

        public SeenMinute ToSeen(string probe) => new(Epoch, new ProbeMinute(
            probe,
            DateTimeOffset.FromUnixTimeSeconds(Minute * 60),
            (int)Good,
            (int)Failed,
            (int)NotLooked,
            LatencyHistogram.Parse(Latency),
            ValueCount == 0 ? null : new ProbeValues(ValueCount, ValueSum!.Value, ValueMin!.Value, ValueMax!.Value)));
    }
}
