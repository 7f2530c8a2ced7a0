using Dapper;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Storage;

/// <summary>Exposures in the database. Moments are whole seconds and minutes since the Unix epoch.</summary>
internal sealed class SqlExposureStore(Database database, WriteGate gate) : IExposureStore
{
    private const long SecondsKept = 24 * 3600;

    public Task SaveAsync(IReadOnlyList<ExposureSample> samples, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            foreach (var sample in samples)
            {
                var row = new { sample.System, sample.Standby, Second = sample.Second.ToUnixTimeSeconds(), Worst = sample.WorstMilliseconds, State = sample.State.ToString() };
                scope.Connection.Execute(
                    """
                    INSERT INTO exposure_second (system, standby, second, worst_ms, state) VALUES (@System, @Standby, @Second, @Worst, @State)
                    ON CONFLICT (system, standby, second) DO UPDATE SET
                        worst_ms = CASE WHEN exposure_second.worst_ms IS NULL OR excluded.worst_ms > exposure_second.worst_ms THEN excluded.worst_ms ELSE exposure_second.worst_ms END,
                        state = CASE WHEN exposure_second.state = 'NotProtected' OR excluded.state = 'Protected' THEN exposure_second.state ELSE excluded.state END
                    """,
                    row,
                    scope.Transaction);
            }

            // Oldest first: rolling up a minute forgets the seconds of a day before it, which must have reached their own minutes by then.
            foreach (var (system, standby, minute) in samples.Select(s => (s.System, s.Standby, Minute: s.Second.ToUnixTimeSeconds() / 60)).Distinct().OrderBy(place => place.Minute))
            {
                RollUp(scope, system, standby, minute);
            }
        },
        cancellationToken);

    public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.Open();
        var first = from.ToUnixTimeSeconds();
        var last = LastOf(to);
        var oldest = connection.ExecuteScalar<long?>("SELECT MIN(second) FROM exposure_second WHERE system = @system AND standby = @standby", new { system, standby });

        // Seconds where they are kept; before them the minutes, whole: their maximum may lie outside the window, which makes it too large, never too small.
        var rows = connection.Query<(long? Worst, long Seconds, long NotProtected, long Unknown)>(
            """
            SELECT worst_ms, 1, CASE state WHEN 'NotProtected' THEN 1 ELSE 0 END, CASE state WHEN 'Unknown' THEN 1 ELSE 0 END
            FROM exposure_second WHERE system = @system AND standby = @standby AND second BETWEEN @first AND @last
            UNION ALL
            SELECT worst_ms, seconds, not_protected_seconds, unknown_seconds
            FROM exposure_minute WHERE system = @system AND standby = @standby AND minute BETWEEN @first / 60 AND @last / 60 AND minute < @oldest / 60
            """,
            new { system, standby, first, last, oldest = oldest ?? long.MaxValue }).ToList();
        return new ExposureWorst(rows.Max(r => r.Worst) / 1000.0, rows.Sum(r => r.Seconds), rows.Sum(r => r.NotProtected), rows.Sum(r => r.Unknown));
    }

    public IReadOnlyList<DateTimeOffset> Seconds(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.Open();
        return
        [
            .. connection.Query<long>(
                "SELECT second FROM exposure_second WHERE system = @system AND standby = @standby AND second BETWEEN @first AND @last ORDER BY second",
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
            INSERT INTO exposure_minute (system, standby, minute, worst_ms, seconds, not_protected_seconds, unknown_seconds)
            SELECT @system, @standby, @minute, MAX(worst_ms), COUNT(*), COALESCE(SUM(CASE state WHEN 'NotProtected' THEN 1 ELSE 0 END), 0),
                   COALESCE(SUM(CASE state WHEN 'Unknown' THEN 1 ELSE 0 END), 0)
            FROM exposure_second WHERE system = @system AND standby = @standby AND second >= @minute * 60 AND second < (@minute + 1) * 60
            ON CONFLICT (system, standby, minute) DO UPDATE SET worst_ms = excluded.worst_ms, seconds = excluded.seconds,
                not_protected_seconds = excluded.not_protected_seconds, unknown_seconds = excluded.unknown_seconds
            """,
            place,
            scope.Transaction);
        scope.Connection.Execute(
            "DELETE FROM exposure_second WHERE system = @system AND standby = @standby AND second < @forgotten", place, scope.Transaction);
    }
}
