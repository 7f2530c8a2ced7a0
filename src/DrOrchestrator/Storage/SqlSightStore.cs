using System.Data;
using System.Data.Common;
using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>
/// Sights in the database. They go past the one writer on purpose: every row has one vantage point that writes it, nothing is recorded, and a writer that stands still must
/// not make the others silent. A commit does not wait for the disk of PostgreSQL; what a crash takes back is found missing by the next beat, and written again.
/// </summary>
internal sealed class SqlSightStore(Database database) : ISightStore
{
    /// <summary>Seconds. A vantage point without an answer for longer is silent anyway.</summary>
    private const int AnswerWithin = 3;

    private static readonly ManyRows Rows = new(
        "INSERT INTO vantage_sight (vantage, probe, number, state, since, looked_at, reason) VALUES",
        "ON CONFLICT (vantage, probe) DO UPDATE SET number = excluded.number, state = excluded.state, since = excluded.since, looked_at = excluded.looked_at, reason = excluded.reason",
        [DbType.String, DbType.String, DbType.Int64, DbType.String, DbType.Int64, DbType.Int64, DbType.String]);

    public bool IsShared => database is PostgresDatabase;

    public Task<SightWrite> WriteAsync(VantageBeat beat, IReadOnlyList<Sight> changed, CancellationToken cancellationToken)
    {
        using var connection = database.OpenToWrite();
        using var transaction = connection.BeginTransaction();
        if (IsShared)
        {
            connection.Execute("SET LOCAL synchronous_commit = off", transaction: transaction, commandTimeout: AnswerWithin);
        }

        var outcome = beat.Number == 1 ? Begin(connection, transaction, beat) : GoOn(connection, transaction, beat);
        if (outcome == SightWrite.Kept)
        {
            Rows.Write(new WriteScope(connection, transaction), changed.Select(sight => new object?[]
            {
                beat.Vantage, sight.Probe, beat.Number, sight.State.ToString(), sight.Since?.ToUnixMicros(), sight.LookedAt?.ToUnixMicros(), sight.Reason,
            }));
            transaction.Commit();
        }

        return Task.FromResult(outcome);
    }

    public Task<IReadOnlyList<VantageReading>> ReadAsync(IReadOnlyDictionary<string, VantageBeat> known, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var readings = new List<VantageReading>();
        foreach (var beat in connection.Query<Row>(
            "SELECT vantage AS Vantage, epoch AS Epoch, number AS Number, estate AS Estate, controls AS Controls, looks AS Looks, beat_at AS BeatAt FROM vantage_beat ORDER BY vantage",
            commandTimeout: AnswerWithin).Select(row => row.ToBeat()).ToList())
        {
            var before = known.GetValueOrDefault(beat.Vantage);
            var goesOn = before?.Epoch == beat.Epoch;
            readings.Add(new VantageReading(beat, !goesOn, goesOn && before!.Number == beat.Number ? [] : Sights(connection, beat.Vantage, goesOn ? before!.Number : 0)));
        }

        return Task.FromResult<IReadOnlyList<VantageReading>>(readings);
    }

    private static IReadOnlyList<Sight> Sights(DbConnection connection, string vantage, long after) =>
    [
        .. connection.Query<(string Probe, string State, long? Since, long? LookedAt, string Reason)>(
            "SELECT probe, state, since, looked_at, reason FROM vantage_sight WHERE vantage = @vantage AND number > @after", new { vantage, after }, commandTimeout: AnswerWithin)
            .Select(row => new Sight(row.Probe, Enum.Parse<IntervalState>(row.State), Moment(row.Since), Moment(row.LookedAt), row.Reason)),
    ];

    private static SightWrite Begin(DbConnection connection, DbTransaction transaction, VantageBeat beat)
    {
        // The beat first: two that begin at once take turns at its row.
        connection.Execute(
            """
            INSERT INTO vantage_beat (vantage, epoch, number, estate, controls, looks, beat_at) VALUES (@Vantage, @Epoch, @Number, @Estate, @controls, @Looks, @at)
            ON CONFLICT (vantage) DO UPDATE SET epoch = excluded.epoch, number = excluded.number, estate = excluded.estate, controls = excluded.controls, looks = excluded.looks, beat_at = excluded.beat_at
            """,
            new { beat.Vantage, beat.Epoch, beat.Number, beat.Estate, controls = (long)beat.Controls, beat.Looks, at = beat.At.ToUnixMicros() },
            transaction,
            AnswerWithin);
        connection.Execute("DELETE FROM vantage_sight WHERE vantage = @Vantage", new { beat.Vantage }, transaction, AnswerWithin);
        return SightWrite.Kept;
    }

    private static SightWrite GoOn(DbConnection connection, DbTransaction transaction, VantageBeat beat)
    {
        var found = connection.Execute(
            "UPDATE vantage_beat SET number = @Number, looks = @Looks, beat_at = @at WHERE vantage = @Vantage AND epoch = @Epoch AND number = @before",
            new { beat.Vantage, beat.Epoch, beat.Number, beat.Looks, at = beat.At.ToUnixMicros(), before = beat.Number - 1 },
            transaction,
            AnswerWithin);
        return found > 0 ? SightWrite.Kept
            : connection.ExecuteScalar<string?>("SELECT epoch FROM vantage_beat WHERE vantage = @Vantage", new { beat.Vantage }, transaction, AnswerWithin) is { } epoch && epoch != beat.Epoch ? SightWrite.Replaced
            : SightWrite.Lost;
    }

    private static DateTimeOffset? Moment(long? micros) => micros is { } value ? Micros.FromUnixMicros(value) : null;

    private sealed class Row
    {
        public string Vantage { get; init; } = "";

        public string Epoch { get; init; } = "";

        public long Number { get; init; }

        public string Estate { get; init; } = "";

        public long Controls { get; init; }

        public long Looks { get; init; }

        public long BeatAt { get; init; }

        public VantageBeat ToBeat() => new(Vantage, Epoch, Number, Estate, (int)Controls, Looks, Micros.FromUnixMicros(BeatAt));
    }
}
