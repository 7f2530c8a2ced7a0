using Dapper;
using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage;

/// <summary>Minutes of probes in the database.</summary>
internal sealed class SqlProbeMinuteStore(Database database, WriteGate gate) : IProbeMinuteStore
{
    private const long MinutesInAnHour = 60;

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

    /// <summary>Writes inside a transaction that holds more. Once an hour per probe it forgets what is too old, by the key.</summary>
    internal static void Write(WriteScope scope, IReadOnlyList<SeenMinute> minutes)
    {
        foreach (var (epoch, minute) in minutes)
        {
            var at = minute.Minute.ToUnixTimeSeconds() / 60;
            scope.Connection.Execute(
                """
                INSERT INTO probe_minute (probe, minute, epoch, good, failed, not_looked, latency, value_count, value_sum, value_min, value_max)
                VALUES (@Probe, @at, @epoch, @Good, @Failed, @Unknown, @latency, @count, @sum, @min, @max)
                ON CONFLICT (probe, minute, epoch) DO UPDATE SET good = excluded.good, failed = excluded.failed, not_looked = excluded.not_looked,
                    latency = excluded.latency, value_count = excluded.value_count, value_sum = excluded.value_sum, value_min = excluded.value_min,
                    value_max = excluded.value_max
                WHERE excluded.good + excluded.failed + excluded.not_looked >= probe_minute.good + probe_minute.failed + probe_minute.not_looked
                """,
                new
                {
                    minute.Probe,
                    at,
                    epoch,
                    Good = (long)minute.Good,
                    Failed = (long)minute.Failed,
                    Unknown = (long)minute.Unknown,
                    latency = minute.Latency.ToString(),
                    count = minute.Values?.Count ?? 0,
                    sum = minute.Values?.Sum,
                    min = minute.Values?.Min,
                    max = minute.Values?.Max,
                },
                scope.Transaction);
            if (at % MinutesInAnHour == 0)
            {
                scope.Connection.Execute(
                    "DELETE FROM probe_minute WHERE probe = @Probe AND minute < @forgotten",
                    new { minute.Probe, forgotten = at - (long)IProbeMinuteStore.Kept.TotalMinutes },
                    scope.Transaction);
            }
        }
    }

    private static long FirstAtOrAfter(DateTimeOffset moment) => (long)Math.Ceiling((moment - DateTimeOffset.UnixEpoch) / TimeSpan.FromMinutes(1));

    private sealed record Row(
        long Minute, string Epoch, long Good, long Failed, long NotLooked, string Latency, long ValueCount, double? ValueSum, double? ValueMin, double? ValueMax)
    {
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
