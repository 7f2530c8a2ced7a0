using System.Data.Common;
using Dapper;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Storage;

/// <summary>
/// Sums over long windows: by whole hours where an hour answers as exactly as its minutes would (nothing in it over the limit, or everything), by minutes elsewhere.
/// An hour counts once a later minute has begun; until then its minutes are asked.
/// </summary>
internal static class ExposureHours
{
    /// <summary>Beyond this many stretches of minutes one long one is quicker.</summary>
    private const int MostStretches = 64;

    private const string Sums = """
        MAX(worst_ms), COALESCE(CAST(SUM(seconds) AS BIGINT), 0), COALESCE(CAST(SUM(not_protected_seconds) AS BIGINT), 0),
        COALESCE(CAST(SUM(unknown_seconds) AS BIGINT), 0), COALESCE(CAST(SUM(synchronous_seconds) AS BIGINT), 0),
        COALESCE(CAST(SUM(CASE WHEN worst_ms IS NULL OR worst_ms > @limit THEN seconds ELSE not_protected_seconds + unknown_seconds END) AS BIGINT), 0),
        COALESCE(CAST(SUM(CASE WHEN best_ms > @limit AND unknown_seconds = 0 THEN seconds ELSE not_protected_seconds END) AS BIGINT), 0)
        """;

    private const string Open = "worst_ms > @limit AND (best_ms IS NULL OR best_ms <= @limit OR unknown_seconds > 0)";

    /// <summary>Makes the hour of a minute anew, out of its minutes.</summary>
    public static void RollUp(WriteScope scope, string system, string standby, long hour) => scope.Connection.Execute(
        """
        INSERT INTO exposure_hour (system, standby, hour, worst_ms, best_ms, seconds, not_protected_seconds, unknown_seconds, synchronous_seconds, first_minute)
        SELECT @system, @standby, @hour, MAX(worst_ms), MIN(best_ms), COALESCE(CAST(SUM(seconds) AS BIGINT), 0), COALESCE(CAST(SUM(not_protected_seconds) AS BIGINT), 0),
               COALESCE(CAST(SUM(unknown_seconds) AS BIGINT), 0), COALESCE(CAST(SUM(synchronous_seconds) AS BIGINT), 0), COALESCE(MIN(minute), @hour * 60)
        FROM exposure_minute WHERE system = @system AND standby = @standby AND minute >= @hour * 60 AND minute < (@hour + 1) * 60
        ON CONFLICT (system, standby, hour) DO UPDATE SET worst_ms = excluded.worst_ms, best_ms = excluded.best_ms, seconds = excluded.seconds,
            not_protected_seconds = excluded.not_protected_seconds, unknown_seconds = excluded.unknown_seconds,
            synchronous_seconds = excluded.synchronous_seconds, first_minute = excluded.first_minute
        """,
        new { system, standby, hour },
        scope.Transaction);

    /// <summary>Of the minutes from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static ExposureTotals Totals(DbConnection connection, string system, string standby, long first, long last, long limit)
    {
        var newest = connection.ExecuteScalar<long?>("SELECT MAX(minute) FROM exposure_minute WHERE system = @system AND standby = @standby", new { system, standby });
        var (from, to) = ((first + 59) / 60, Math.Min(((last + 1) / 60) - 1, ((newest ?? 0) / 60) - 1));
        if (to < from)
        {
            return Minutes(connection, system, standby, first, last, limit);
        }

        var whole = new { system, standby, from, to, limit };
        var open = connection.Query<long>($"SELECT hour FROM exposure_hour WHERE system = @system AND standby = @standby AND hour BETWEEN @from AND @to AND {Open} ORDER BY hour", whole).ToList();
        var stretches = Stretches(open).ToList();
        if (stretches.Count > MostStretches)
        {
            return Minutes(connection, system, standby, first, last, limit);
        }

        var sum = Read(connection, $"SELECT {Sums}, MIN(first_minute) FROM exposure_hour WHERE system = @system AND standby = @standby AND hour BETWEEN @from AND @to AND NOT ({Known(Open)})", whole);
        foreach (var (begin, end) in stretches.Select(hours => (hours.From * 60, (hours.To * 60) + 59)).Prepend((first, (from * 60) - 1)).Append(((to + 1) * 60, last)).Where(range => range.Item1 <= range.Item2))
        {
            sum = Together(sum, Minutes(connection, system, standby, begin, end, limit));
        }

        return sum;
    }

    /// <summary>A comparison with nothing known is neither true nor false in SQL.</summary>
    private static string Known(string condition) => $"COALESCE(CASE WHEN {condition} THEN 1 ELSE 0 END, 0) = 1";

    private static ExposureTotals Minutes(DbConnection connection, string system, string standby, long first, long last, long limit) => Read(
        connection,
        $"SELECT {Sums}, MIN(minute) FROM exposure_minute WHERE system = @system AND standby = @standby AND minute BETWEEN @first AND @last",
        new { system, standby, first, last, limit });

    private static ExposureTotals Read(DbConnection connection, string sql, object parameters)
    {
        var sum = connection.QuerySingle<(long? Worst, long Seconds, long NotProtected, long Unknown, long Synchronous, long Highest, long Lowest, long? First)>(sql, parameters);
        return new ExposureTotals(
            sum.Worst / 1000.0,
            sum.Seconds,
            sum.NotProtected,
            sum.Unknown,
            sum.Synchronous,
            sum.Highest,
            sum.Lowest,
            sum.First is { } minute ? DateTimeOffset.FromUnixTimeSeconds(minute * 60) : null);
    }

    private static ExposureTotals Together(ExposureTotals a, ExposureTotals b) => new(
        a.WorstSeconds >= b.WorstSeconds || b.WorstSeconds is null ? a.WorstSeconds : b.WorstSeconds,
        a.ObservedSeconds + b.ObservedSeconds,
        a.NotProtectedSeconds + b.NotProtectedSeconds,
        a.UnknownSeconds + b.UnknownSeconds,
        a.SynchronousSeconds + b.SynchronousSeconds,
        a.OverHighestSeconds + b.OverHighestSeconds,
        a.OverLowestSeconds + b.OverLowestSeconds,
        a.FirstMinute <= b.FirstMinute || b.FirstMinute is null ? a.FirstMinute : b.FirstMinute);

    /// <summary>Hours that follow each other, as one.</summary>
    private static IEnumerable<(long From, long To)> Stretches(IReadOnlyList<long> hours)
    {
        for (var i = 0; i < hours.Count;)
        {
            var begin = i;
            while (++i < hours.Count && hours[i] == hours[i - 1] + 1)
            {
            }

            yield return (hours[begin], hours[i - 1]);
        }
    }
}
