using System.Data;
using System.Data.Common;
using Dapper;
using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage;

/// <summary>
/// Hours of probes in the database. Every write of a minute marks its hour as due, in its own transaction; rolling up takes what is due. So a minute is in its hour, or
/// the hour is due and the minute is read by itself: the hour says which minutes it holds.
/// </summary>
internal static class ProbeHours
{
    /// <summary>A few hundredths of a second of work; ten thousand probes are done in the first minutes of the hour all the same.</summary>
    private const int AtOnce = 60;

    private const string Figures = "good AS Good, failed AS Failed, not_looked AS NotLooked, latency AS Latency, value_count AS ValueCount, value_sum AS ValueSum, value_min AS ValueMin, value_max AS ValueMax";

    private const string Picked = "(SELECT hour, probe FROM probe_minutes_kept WHERE due = 1 AND hour < @line ORDER BY probe, hour LIMIT @atOnce) AS picked";

    private static readonly ManyRows Marks = new(
        "INSERT INTO probe_minutes_kept (hour, probe, due) VALUES",
        "ON CONFLICT (hour, probe) DO UPDATE SET due = excluded.due WHERE probe_minutes_kept.due <> excluded.due",
        DbType.Int64,
        DbType.String,
        DbType.Int64);

    private static readonly ManyRows Hours = new(
        "INSERT INTO probe_hour (probe, hour, epoch, held, looked, good, failed, not_looked, latency, value_count, value_sum, value_min, value_max) VALUES",
        """
        ON CONFLICT (probe, hour, epoch) DO UPDATE SET held = excluded.held, looked = excluded.looked, good = excluded.good, failed = excluded.failed,
            not_looked = excluded.not_looked, latency = excluded.latency, value_count = excluded.value_count, value_sum = excluded.value_sum,
            value_min = excluded.value_min, value_max = excluded.value_max
        """,
        [
            DbType.String, DbType.Int64, DbType.String, DbType.Int64, DbType.Int64, DbType.Int64, DbType.Int64, DbType.Int64, DbType.String, DbType.Int64, DbType.Double,
            DbType.Double, DbType.Double,
        ]);

    /// <summary>Their hours have got minutes.</summary>
    public static void MarkDue(WriteScope scope, IEnumerable<(long Hour, string Probe)> hours) =>
        Marks.Write(scope, hours.Select(hour => new object?[] { hour.Hour, hour.Probe, 1L }));

    /// <summary>
    /// Minutes from <paramref name="from"/> to before <paramref name="to"/>. One statement, so that it sees one state of the database: no roll-up and no forgetting happens
    /// between its parts.
    /// </summary>
    public static ProbePast Read(DbConnection connection, string probe, long from, long to)
    {
        var (first, behind) = ((from + 59) / 60, to / 60);
        var (edge, tail) = first < behind ? (first * 60, behind * 60) : (to, to);
        var rows = connection.Query<Row>(
            $"""
            SELECT probe AS Probe, hour AS Hour, -1 AS Minute, epoch AS Epoch, held AS Held, looked AS Looked, {Figures}
            FROM probe_hour WHERE probe = @probe AND hour >= @first AND hour < @behind
            UNION ALL
            SELECT probe, -1, minute, epoch, 0, 0, {Plain("probe_minute")} FROM probe_minute WHERE probe = @probe AND minute >= @from AND minute < @edge
            UNION ALL
            SELECT m.probe, -1, m.minute, m.epoch, 0, 0, {Plain("m")}
            FROM probe_minutes_kept AS kept JOIN probe_minute AS m ON m.probe = kept.probe AND m.minute >= kept.hour * 60 AND m.minute < kept.hour * 60 + 60
            WHERE kept.probe = @probe AND kept.due = 1 AND kept.hour >= @first AND kept.hour < @behind
            UNION ALL
            SELECT probe, -1, minute, epoch, 0, 0, {Plain("probe_minute")} FROM probe_minute WHERE probe = @probe AND minute >= @tail AND minute < @to
            """,
            new { probe, first, behind, from, edge, tail, to }).ToList();
        return new ProbePast(
            [.. rows.Where(row => row.Hour >= 0).Select(row => row.ToHour()).OrderBy(hour => hour.Hour).ThenBy(hour => hour.Epoch, StringComparer.Ordinal)],
            [.. rows.Where(row => row.Hour < 0).Select(row => row.ToSeen())]).With([]);
    }

    /// <summary>See <see cref="IProbeMinuteStore.RollUpAsync"/>.</summary>
    public static int RollUp(WriteScope scope, OldProbeHours old, DateTimeOffset now)
    {
        // What is too old is forgotten when there is nothing to roll up: it is in no hurry.
        var rolled = RollUpDue(scope, LineOf(now - IProbeMinuteStore.RolledUpAfter)).Count;
        var hours = rolled == 0 ? old.Forget(scope, LineOf(now - IProbeMinuteStore.HoursKept)) : 0;
        return rolled + hours + ForgetMinutes(scope, LineOf(now - IProbeMinuteStore.Kept));
    }

    /// <summary>The hour a moment lies in: all before it are over.</summary>
    private static long LineOf(DateTimeOffset moment) => SqlProbeMinuteStore.AsNumber(moment) / 60;

    private static List<(long Hour, string Probe)> RollUpDue(WriteScope scope, long line)
    {
        var limits = new { line, atOnce = AtOnce };
        var due = scope.Connection.Query<(long Hour, string Probe)>($"SELECT picked.hour, picked.probe FROM {Picked}", limits, scope.Transaction).ToList();
        if (due.Count == 0)
        {
            return due;
        }

        var minutes = scope.Connection.Query<Row>(
            $"""
            SELECT m.probe AS Probe, -1 AS Hour, m.minute AS Minute, m.epoch AS Epoch, 0 AS Held, 0 AS Looked, {Figures}
            FROM {Picked} JOIN probe_minute AS m ON m.probe = picked.probe AND m.minute >= picked.hour * 60 AND m.minute < picked.hour * 60 + 60
            """,
            limits,
            scope.Transaction).Select(row => row.ToSeen()).ToLookup(seen => (SqlProbeMinuteStore.AsNumber(seen.Minute.Minute) / 60, seen.Minute.Probe));
        var known = scope.Connection.Query<Row>(
            $"""
            SELECT h.probe AS Probe, h.hour AS Hour, -1 AS Minute, h.epoch AS Epoch, h.held AS Held, h.looked AS Looked, {Figures}
            FROM {Picked} JOIN probe_hour AS h ON h.probe = picked.probe AND h.hour = picked.hour
            """,
            limits,
            scope.Transaction).ToLookup(row => (row.Hour, row.Probe), row => row.ToHour());
        Hours.Write(scope, due.SelectMany(hour => ProbeHour.RollUp([.. known[hour]], [.. minutes[hour]])).Select(Row.Of));
        Marks.Write(scope, due.Select(hour => new object?[] { hour.Hour, hour.Probe, 0L }));
        return due;
    }

    /// <summary>Only what is in its hour.</summary>
    private static int ForgetMinutes(WriteScope scope, long line)
    {
        var forgotten = scope.Connection.Query<(long Hour, string Probe)>(
            "SELECT hour, probe FROM probe_minutes_kept WHERE hour < @line AND due = 0 ORDER BY hour LIMIT @atOnce", new { line, atOnce = AtOnce }, scope.Transaction).ToList();
        foreach (var (hour, probe) in forgotten)
        {
            scope.Connection.Execute(
                "DELETE FROM probe_minute WHERE probe = @probe AND minute >= @hour * 60 AND minute < @hour * 60 + 60", new { probe, hour }, scope.Transaction);
            scope.Connection.Execute("DELETE FROM probe_minutes_kept WHERE hour = @hour AND probe = @probe", new { hour, probe }, scope.Transaction);
        }

        return forgotten.Count;
    }

    private static string Plain(string table) => string.Join(
        ", ", new[] { "good", "failed", "not_looked", "latency", "value_count", "value_sum", "value_min", "value_max" }.Select(column => $"{table}.{column}"));

    /// <summary>Of an hour or a minute; the other number is -1. Properties, not a constructor: what a union has for a type differs between the databases.</summary>
    private sealed class Row
    {
        public string Probe { get; init; } = "";

        public long Hour { get; init; }

        public long Minute { get; init; }

        public string Epoch { get; init; } = "";

        public long Held { get; init; }

        public long Looked { get; init; }

        public long Good { get; init; }

        public long Failed { get; init; }

        public long NotLooked { get; init; }

        public string Latency { get; init; } = "";

        public long ValueCount { get; init; }

        public double? ValueSum { get; init; }

        public double? ValueMin { get; init; }

        public double? ValueMax { get; init; }

        private ProbeValues? Values => ValueCount == 0 ? null : new ProbeValues(ValueCount, ValueSum!.Value, ValueMin!.Value, ValueMax!.Value);

        public static object?[] Of(ProbeHour hour)
        {
            var sum = hour.Sum;
            return
            [
                hour.Probe, SqlProbeMinuteStore.AsNumber(hour.Hour) / 60, hour.Epoch, hour.Held, hour.Looked, sum.Good, sum.Failed, sum.Unknown, sum.Latency.ToString(),
                sum.Values?.Count ?? 0L, sum.Values?.Sum, sum.Values?.Min, sum.Values?.Max,
            ];
        }

        public ProbeHour ToHour() => new(
            Probe, DateTimeOffset.FromUnixTimeSeconds(Hour * 3600), Epoch, Held, Looked, new ProbeSum(Good, Failed, NotLooked, LatencyHistogram.Parse(Latency), Values));

        public SeenMinute ToSeen() => new(Epoch, new ProbeMinute(
            Probe, DateTimeOffset.FromUnixTimeSeconds(Minute * 60), (int)Good, (int)Failed, (int)NotLooked, LatencyHistogram.Parse(Latency), Values));
    }
}
