using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteProbeMinuteStoreTests() : SqlProbeMinuteStoreTests(new TemporaryDatabase())
{
    /// <summary>Wherever it breaks off, nothing of it has happened: the sum is the same, and the next attempt does all of it.</summary>
    [Theory]
    [InlineData("INSERT ON probe_hour")]
    [InlineData("UPDATE ON probe_minutes_kept")]
    [InlineData("DELETE ON probe_minute")]
    [InlineData("DELETE ON probe_minutes_kept")]
    public async Task RollUpAsync_BreaksOff_ChangesNothing(string where)
    {
        var start = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        var now = start + IProbeMinuteStore.Kept + TimeSpan.FromHours(2);
        var seen = new SeenMinute("e", new ProbeMinute("a", start.AddMinutes(7), 2, 1, 0, LatencyHistogram.Of(TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(4))));
        await Store.SaveAsync([seen], default);
        Execute($"CREATE TRIGGER broken BEFORE {where} BEGIN SELECT RAISE(ABORT, 'broken'); END");

        await FluentActions.Awaiting(() => Store.RollUpAsync(now, default)).Should().ThrowAsync<Exception>().WithMessage("*broken*");

        (await Store.ReadPastAsync("a", start, now, default)).Should().BeEquivalentTo(new { Hours = Array.Empty<ProbeHour>(), Minutes = new[] { seen } });
        Execute("DROP TRIGGER broken");
        await Store.RollUpAsync(now, default);
        (await Store.ReadPastAsync("a", start, now, default)).Should().BeEquivalentTo(new { Hours = new[] { new { Sum = ProbeSum.Of(seen.Minute) } }, Minutes = Array.Empty<SeenMinute>() });
        (await Store.ReadAsync("a", start, now, default)).Should().BeEmpty();
    }
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresProbeMinuteStoreTests(MigratedPostgres server) : SqlProbeMinuteStoreTests(new TemporaryDatabase(server));

public abstract class SqlProbeMinuteStoreTests(TemporaryDatabase temporary) : ProbeMinuteStoreContract, IDisposable
{
    protected override IProbeMinuteStore Store => new SqlProbeMinuteStore(temporary.Database, temporary.Gate);

    [Fact]
    public async Task RollUpAsync_ManyOldHours_TakesThemInPiecesAndForgetsNoneBeforeItIsRolledUp()
    {
        var start = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        var seen = Enumerable.Range(0, 130).Select(probe => new SeenMinute("e", new ProbeMinute($"p{probe:000}", start.AddHours(-probe), 1, 0, 0, LatencyHistogram.Of(TimeSpan.FromMilliseconds(3))))).ToList();
        await Store.SaveAsync(seen, default);
        var (rolled, now) = (new List<int>(), start + IProbeMinuteStore.Kept + TimeSpan.FromHours(2));

        do
        {
            rolled.Add(await Store.RollUpAsync(now, default));
            foreach (var minute in seen)
            {
                (await Store.ReadPastAsync(minute.Minute.Probe, start.AddHours(-200), start.AddHours(1), default)).Sum().Sum.Good.Should().Be(1, $"{minute.Minute.Probe} after {rolled.Count} times");
            }
        }
        while (rolled[^1] > 0);

        rolled.Should().Equal([120, 120, 20, 0], "each is rolled up and its minute forgotten");
    }

    [Fact]
    public async Task RollUpAsync_ManyOldHoursOfProbesThatAreGone_AreForgottenInPieces()
    {
        var start = new DateTimeOffset(2024, 3, 1, 8, 0, 0, TimeSpan.Zero);
        Execute(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2299)
            INSERT INTO probe_hour (probe, hour, epoch, held, looked, good, failed, not_looked, latency, value_count)
            SELECT CASE WHEN i < 2100 THEN 'gone' ELSE 'p' || i END, {start.ToUnixTimeSeconds() / 3600} + CASE WHEN i < 2100 THEN i ELSE 0 END, 'e', 1, 1, 1, 0, 0, '', 0 FROM n
            """));
        var (store, forgotten) = (Store, new List<int>());
        var now = start.AddHours(2100) + IProbeMinuteStore.HoursKept;

        for (var pass = 0; pass < 8; pass++)
        {
            forgotten.Add(await store.RollUpAsync(now, default));
        }

        // Of the first probe a thousand at once; then 60 probes at once.
        forgotten.Should().Equal([1000, 1000, 100 + 59, 60, 60, 21, 0, 0]);
        await store.SaveAsync([new SeenMinute("e", new ProbeMinute("a", start, 1, 0, 0, LatencyHistogram.Empty))], default);
        (await store.RollUpAsync(now, default)).Should().Be(1 + 1, "it is rolled up, and its minute forgotten");
        (await store.RollUpAsync(now, default)).Should().Be(1, "it begins again with the first");
    }

    protected void Execute(string sql)
    {
        using var connection = temporary.Database.Open();
        connection.Execute(sql);
    }

    public void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }
}
