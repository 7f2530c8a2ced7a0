using Dapper;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Storage;

/// <summary>Exposures in the database. Moments are whole seconds and minutes since the Unix epoch.</summary>
internal sealed class SqlExposureStore(Database database, WriteGate gate) : IExposureStore
{
    private const long SecondsKept = 24 * 3600;

    public Task SaveAsync(IReadOnlyList<ExposureSample> samples, CancellationToken cancellationToken) => gate.WriteAsync(scope => Write(scope, samples), cancellationToken);

    /// <summary>Writes inside a transaction that holds more.</summary>
    internal static void Write(WriteScope scope, IReadOnlyList<ExposureSample> samples)
    {
        foreach (var sample in samples)
        {
            var row = new
            {
                sample.System,
                sample.Standby,
                Second = sample.Second.ToUnixTimeSeconds(),
                Worst = sample.WorstMilliseconds,
                State = sample.State.ToString(),
                Covers = (long)sample.Covers,
                Carried = sample.IsCarried ? 1L : 0L,
                Synchronous = sample.IsSynchronous ? 1L : 0L,
                Best = sample.BestMilliseconds ?? sample.WorstMilliseconds,
            };
            scope.Connection.Execute(
                """
                INSERT INTO exposure_second AS known (system, standby, second, worst_ms, state, covers, carried, synchronous, best_ms)
                VALUES (@System, @Standby, @Second, @Worst, @State, @Covers, @Carried, @Synchronous, @Best)
                ON CONFLICT (system, standby, second) DO UPDATE SET
                    worst_ms = CASE WHEN known.worst_ms IS NULL OR excluded.worst_ms > known.worst_ms THEN excluded.worst_ms ELSE known.worst_ms END,
                    state = CASE WHEN known.state = 'NotProtected' OR excluded.state = 'Protected' THEN known.state ELSE excluded.state END,
                    covers = CASE WHEN excluded.covers > known.covers THEN excluded.covers ELSE known.covers END,
                    carried = known.carried * excluded.carried,
                    synchronous = known.synchronous * excluded.synchronous,
                    best_ms = CASE WHEN known.best_ms IS NULL OR excluded.best_ms < known.best_ms THEN excluded.best_ms ELSE known.best_ms END
                """,
                row,
                scope.Transaction);
        }

        // Oldest first: rolling up a minute forgets the seconds of a day before it, which must have reached their own minutes by then.
        foreach (var (system, standby, minute) in samples.Select(s => (s.System, s.Standby, Minute: s.Second.ToUnixTimeSeconds() / 60)).Distinct().OrderBy(place => place.Minute))
        {
            var newest = scope.Connection.ExecuteScalar<long?>(
                "SELECT MAX(minute) FROM exposure_minute WHERE system = @system AND standby = @standby", new { system, standby }, scope.Transaction);
            RollUp(scope, system, standby, minute);

            // An hour is made when a minute behind its newest begins, which it is then done with, and again for what comes late.
            foreach (var hour in newest == minute ? [] : new[] { newest / 60, minute / 60 }.OfType<long>().Distinct())
            {
                ExposureHours.RollUp(scope, system, standby, hour);
            }
        }
    }

    public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.Open();
        var first = from.ToUnixTimeSeconds();
        var last = LastOf(to);
        var oldest = connection.ExecuteScalar<long?>("SELECT MIN(second) FROM exposure_second WHERE system = @system AND standby = @standby", new { system, standby });

        // Seconds where they are kept; before them the minutes, whole: their maximum may lie outside the window, which makes it too large, never too small.
        var rows = connection.Query<(long? Worst, long Seconds, long NotProtected, long Unknown, long Synchronous)>(
            """
            SELECT worst_ms, n, CASE state WHEN 'NotProtected' THEN n ELSE 0 END, CASE state WHEN 'Unknown' THEN n ELSE 0 END, n * synchronous
            FROM (
                SELECT worst_ms, state, synchronous,
                       CASE WHEN second + covers > @last + 1 THEN @last + 1 ELSE second + covers END - CASE WHEN second < @first THEN @first ELSE second END AS n
                FROM exposure_second WHERE system = @system AND standby = @standby AND second BETWEEN @first - 59 AND @last AND second + covers > @first) AS inside
            UNION ALL
            SELECT worst_ms, seconds, not_protected_seconds, unknown_seconds, synchronous_seconds
            FROM exposure_minute WHERE system = @system AND standby = @standby AND minute BETWEEN @first / 60 AND @last / 60 AND minute < @oldest / 60
            """,
            new { system, standby, first, last, oldest = oldest ?? long.MaxValue }).ToList();
        return new ExposureWorst(rows.Max(r => r.Worst) / 1000.0, rows.Sum(r => r.Seconds), rows.Sum(r => r.NotProtected), rows.Sum(r => r.Unknown))
        {
            SynchronousSeconds = rows.Sum(r => r.Synchronous),
        };
    }

    public IReadOnlyList<ExposureMinute> Minutes(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.Open();
        return
        [
            .. connection.Query<(long Minute, long? Worst, long? Best, long Seconds, long NotProtected, long Unknown, long Synchronous)>(
                """
                SELECT minute, worst_ms, best_ms, seconds, not_protected_seconds, unknown_seconds, synchronous_seconds FROM exposure_minute
                WHERE system = @system AND standby = @standby AND minute BETWEEN @first / 60 AND @last / 60 ORDER BY minute
                """,
                new { system, standby, first = from.ToUnixTimeSeconds(), last = LastOf(to) })
                .Select(m => new ExposureMinute(
                    DateTimeOffset.FromUnixTimeSeconds(m.Minute * 60), m.Worst / 1000.0, m.Best / 1000.0, m.Seconds, m.NotProtected, m.Unknown, m.Synchronous)),
        ];
    }

    public ExposureTotals Totals(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit)
    {
        using var connection = database.Open();
        return ExposureHours.Totals(
            connection, system, standby, from.ToUnixTimeSeconds() / 60, LastOf(to) / 60, (long)Math.Min(limit.TotalMilliseconds, long.MaxValue / 2));
    }

    public IReadOnlyList<DateTimeOffset> Seconds(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.Open();
        return
        [
            .. connection.Query<long>(
                "SELECT second FROM exposure_second WHERE system = @system AND standby = @standby AND carried = 0 AND second BETWEEN @first AND @last ORDER BY second",
                new { system, standby, first = from.ToUnixTimeSeconds(), last = LastOf(to) })
                .Select(DateTimeOffset.FromUnixTimeSeconds),
        ];
    }

    /// <summary>The last second that begins before a moment.</summary>
    private static long LastOf(DateTimeOffset to) => (to.UtcTicks - DateTimeOffset.UnixEpoch.Ticks - 1) / TimeSpan.TicksPerSecond;

    private static void RollUp(WriteScope scope, string system, string standby, long minute)
    {
        var place = new { system, standby, minute, forgotten = (minute * 60) - SecondsKept };
        scope.Connection.Execute(
            """
            INSERT INTO exposure_minute (system, standby, minute, worst_ms, best_ms, seconds, not_protected_seconds, unknown_seconds, synchronous_seconds)
            SELECT @system, @standby, @minute, MAX(worst_ms), MIN(COALESCE(best_ms, worst_ms)), COALESCE(CAST(SUM(covers) AS BIGINT), 0),
                   COALESCE(CAST(SUM(CASE state WHEN 'NotProtected' THEN covers ELSE 0 END) AS BIGINT), 0),
                   COALESCE(CAST(SUM(CASE state WHEN 'Unknown' THEN covers ELSE 0 END) AS BIGINT), 0),
                   COALESCE(CAST(SUM(covers * synchronous) AS BIGINT), 0)
            FROM exposure_second WHERE system = @system AND standby = @standby AND second >= @minute * 60 AND second < (@minute + 1) * 60
            ON CONFLICT (system, standby, minute) DO UPDATE SET worst_ms = excluded.worst_ms, best_ms = excluded.best_ms, seconds = excluded.seconds,
                not_protected_seconds = excluded.not_protected_seconds, unknown_seconds = excluded.unknown_seconds, synchronous_seconds = excluded.synchronous_seconds
            """,
            place,
            scope.Transaction);
        scope.Connection.Execute(
            "DELETE FROM exposure_second WHERE system = @system AND standby = @standby AND second < @forgotten", place, scope.Transaction);
    }
}
