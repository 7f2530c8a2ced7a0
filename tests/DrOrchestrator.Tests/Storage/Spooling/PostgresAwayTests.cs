using DrOrchestrator.Availability;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static DrOrchestrator.Tests.Storage.Spooling.SpoolBench;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>A real PostgreSQL, stopped and started.</summary>
public sealed class PostgresAwayTests
{
    [Fact]
    public async Task WriteAsync_ServerStoppedAndStarted_EverythingArrivesAndReadersGoOnMeanwhile()
    {
        await using var server = await PostgresServer.StartNewAsync();
        using var database = new PostgresDatabase($"Host=127.0.0.1;Port={server.Port};Username=postgres;Database=postgres");
        new Migrator(database).Run();
        using var gate = new WriteGate(database);
        var folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));
        var clock = new ProcessClock(TimeProvider.System);
        var evidence = new SqlEvidenceStore(gate, clock, new EvidenceKeyFile(Path.Combine(folder, "evidence.key")), new SqlEvidenceArchive(database));
        using var writes = new SpooledWrites(
            new SpoolTarget(gate, evidence),
            new SpoolFile(Path.Combine(folder, "spool", "observations"), 1024 * 1024),
            Options.Create(new SpoolOptions { Patience = TimeSpan.FromSeconds(2) }),
            clock,
            NullLogger<SpooledWrites>.Instance);
        var timelines = new SpooledTimelineStore(new SqlTimelineStore(database, gate), new Lazy<SpooledWrites>(writes), Reads);
        await timelines.SaveAsync(new TimelineBatch([Change("a", IntervalState.Up, 0)], [], []), default);
        (await timelines.ReadAsync("a", T0, T0.AddHours(1), default)).Should().ContainSingle();

        await server.StopAsync("immediate");
        await timelines.SaveAsync(new TimelineBatch([Change("a", IntervalState.Down, 10)], [], []), default);
        await timelines.SaveAsync(new TimelineBatch([Change("a", IntervalState.Up, 20)], [], []), default);
        writes.Read().SpooledBytes.Should().BePositive();
        var away = await timelines.ReadAsync("a", T0, T0.AddHours(1), default);
        await server.StartAsync();
        for (var i = 0; i < 300 && !await writes.ReplayAsync(default); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        away.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down, IntervalState.Up);
        (await new SqlTimelineStore(database, gate).ReadAsync("a", T0, T0.AddHours(1), default)).Should().Equal(away);
        Directory.Delete(folder, recursive: true);
    }
}
