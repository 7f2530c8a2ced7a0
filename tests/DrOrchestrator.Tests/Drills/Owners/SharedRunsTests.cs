using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.Drills.Owners;

/// <summary>What one process learns of the runs another one carries, over a real PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SharedRunsTests : IDisposable, IRunQueue
{
    private readonly StoredEvidence _evidence;
    private readonly StoredEvidence.SecondProcess _second;
    private readonly ServingSites _here = new(new EstateHolder(Estate.None));
    private readonly RunSignals _signals = new();
    private readonly List<long> _called = [];
    private readonly SqlDrillJournal _other;
    private readonly SharedRunsLoop _loop;
    private bool _refuses;
    private bool _real;

    public SharedRunsTests(MigratedPostgres server)
    {
        _evidence = new StoredEvidence(new TemporaryDatabase(server));
        _second = _evidence.Second();
        _evidence.SetServerClock(_evidence.Time.GetUtcNow());
        var clock = new ProcessClock(_evidence.Time);
        var leases = new LeaseClock(_evidence.Database, clock);
        _other = new SqlDrillJournal(_second.Database, _second.Gate, _second.Store, new ServingSites(new EstateHolder(Estate.None)), clock, new LeaseClock(_second.Database, clock));
        var journal = new SqlDrillJournal(_evidence.Database, _evidence.Gate, _evidence.Store, _here, clock, leases);
        _loop = new SharedRunsLoop(new SqlSharedRuns(_evidence.Database, leases), journal, _here, _signals, this, clock, NullLogger<SharedRunsLoop>.Instance);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _second.Dispose();
        _evidence.Dispose();
    }

    [Fact]
    public async Task LookAsync_AnotherProcessMovedTheService_IsKnownHere()
    {
        await CarriedAsync();
        await _other.AppendAsync(1, 1, Phase("steps") with { Serving = new ServingChange("ledger", "dr") }, default);
        _here.ServingSiteOf("ledger").Should().NotBe("dr");

        await _loop.LookAsync(default);

        _here.ServingSiteOf("ledger").Should().Be("dr");
    }

    [Fact]
    public async Task LookAsync_AnotherProcessWroteALine_WakesWhoFollowsTheRun()
    {
        await CarriedAsync();
        await _loop.LookAsync(default);
        var grown = _signals.Next(1);
        await _loop.LookAsync(default);
        grown.IsCompleted.Should().BeFalse("nothing was written");

        await _other.AppendAsync(1, 1, new JournalDraft(JournalKinds.Closed, "system", new System.Text.Json.Nodes.JsonObject { ["outcome"] = "passed" }), default);
        await _loop.LookAsync(default);

        grown.IsCompleted.Should().BeTrue("also when it was the last line");
    }

    [Fact]
    public async Task LookAsync_OwnerFellSilent_CallsForTheRunOncePerLease()
    {
        await CarriedAsync();
        _evidence.Pass(TakeoverWait.LeaseLasts);
        await _loop.LookAsync(default);
        _called.Should().BeEmpty("its lease is not over yet");

        _evidence.Pass(TimeSpan.FromSeconds(1));
        await _loop.LookAsync(default);
        await _loop.LookAsync(default);
        _called.Should().Equal(1);

        _evidence.Pass(TakeoverWait.LeaseLasts);
        await _loop.LookAsync(default);
        _called.Should().Equal([1, 1], "whoever was called may have died too");
    }

    [Fact]
    public async Task LookAsync_RunWaitsOrIsNew_CallsForNothing()
    {
        await CarriedAsync();
        await _other.AppendAsync(1, 1, new JournalDraft(JournalKinds.Waiting, "system", new System.Text.Json.Nodes.JsonObject { ["reason"] = "a person" }, LetsGo: true), default);
        _evidence.Pass(TimeSpan.FromHours(1));
        await _other.OpenAsync("li-wei", ["cards"], [], [], default);

        await _loop.LookAsync(default);

        _called.Should().BeEmpty("a new run is on its way to a worker");
    }

    [Fact]
    public async Task LookAsync_EngineFailedAndItsProcessDied_CallsForTheRun()
    {
        await CarriedAsync();
        await _other.AppendAsync(1, 1, new JournalDraft(JournalKinds.Waiting, "system", new System.Text.Json.Nodes.JsonObject { ["reason"] = "the engine, which failed" }), default);
        _evidence.Pass(TakeoverWait.LeaseLasts + TimeSpan.FromSeconds(1));

        await _loop.LookAsync(default);

        _called.Should().Equal([1], "it was not let go");
    }

    [Fact]
    public async Task LookAsync_RunThatNobodyEverCarried_IsCalledFor()
    {
        await _other.OpenAsync("li-wei", ["ledger"], [], [], default);
        _evidence.Pass(TakeoverWait.LeaseLasts + TimeSpan.FromSeconds(1));
        _refuses = true;
        await FluentActions.Awaiting(() => _loop.LookAsync(default)).Should().ThrowAsync<IOException>();

        _refuses = false;
        await _loop.LookAsync(default);
        await _loop.LookAsync(default);

        _called.Should().Equal([1], "the queue takes it, once, as soon as it takes anything");
    }

    [Theory]
    [InlineData("real", true)]
    [InlineData("live", false)]
    public async Task LookAsync_OwnerOfARealRunFellSilent_CallsForItWhereNoDrillIsInFront(string mode, bool real)
    {
        await _other.OpenAsync("li-wei", ["ledger"], new System.Text.Json.Nodes.JsonObject { ["mode"] = mode }, [], default);
        _evidence.Pass(TakeoverWait.LeaseLasts + TimeSpan.FromSeconds(1));

        await _loop.LookAsync(default);

        (_called.Single(), _real).Should().Be((1L, real));
    }

    void IRunQueue.Enqueue(long run, bool real)
    {
        if (_refuses)
        {
            throw new IOException("the queue is away");
        }

        _called.Add(run);
        _real |= real;
    }

    void IRunQueue.EnqueueAfter(long run, TimeSpan delay, bool real) => throw new NotSupportedException();

    private async Task CarriedAsync()
    {
        await _other.OpenAsync("li-wei", ["ledger"], [], [], default);
        await _other.ClaimAsync(1, "other", (_, _) => [Phase("gates")], default);
    }

    private static JournalDraft Phase(string phase) => new(JournalKinds.Phase, "system", new System.Text.Json.Nodes.JsonObject { ["phase"] = phase });
}
