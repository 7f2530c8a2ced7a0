using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Storage;

/// <summary>Two processes whose clocks differ, one real PostgreSQL: who takes whose run over, and when.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LeaseClockTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly StoredEvidence _evidence;
    private readonly StoredEvidence.SecondProcess _second;
    private readonly FakeTimeProvider _hereTime = new(Start);
    private readonly FakeTimeProvider _thereTime;
    private readonly SqlDrillJournal _here;
    private readonly SqlDrillJournal _there;
    private readonly SqlSharedRuns _runs;

    public LeaseClockTests(MigratedPostgres server)
    {
        _evidence = new StoredEvidence(new TemporaryDatabase(server));
        _second = _evidence.Second();
        _evidence.SetServerClock(Start);

        // Started before its machine's clock was set: half a minute behind for the rest of its life.
        _thereTime = new FakeTimeProvider(Start - TimeSpan.FromSeconds(30));
        var leases = new LeaseClock(_evidence.Database, new ProcessClock(_hereTime));
        _here = JournalOf(_evidence.Database, _evidence.Gate, _evidence.Store, _hereTime, leases);
        _there = JournalOf(_second.Database, _second.Gate, _second.Store, _thereTime, new LeaseClock(_second.Database, new ProcessClock(_thereTime)));
        _runs = new SqlSharedRuns(_evidence.Database, leases);
    }

    public void Dispose()
    {
        _second.Dispose();
        _evidence.Dispose();
    }

    [Fact]
    public async Task ClaimAsync_OwnerWhoseClockIsBehind_IsAsFreshAsItIs()
    {
        await CarriedThereAsync();
        Pass(TimeSpan.FromSeconds(2));
        await _there.RenewAsync(1, 1, default);
        Pass(TimeSpan.FromSeconds(1));

        (await WaitAsync()).Should().Be(TimeSpan.FromSeconds(9), "it renewed its lease a second ago");
        (await SilentAsync()).Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task ClaimAsync_OwnerWhoseClockIsAhead_IsNotWaitedForLongerThanItsLease()
    {
        await _here.OpenAsync("li-wei", ["ledger"], [], [], default);
        await _here.ClaimAsync(1, "here", (_, _) => [], default);
        Pass(TimeSpan.FromSeconds(10));

        (await _there.ClaimAsync(1, "there", (claim, _) => Left(claim) == TimeSpan.Zero ? [] : throw new LeaseHeldException(1, Left(claim)), default)).Gap
            .Should().Be(TimeSpan.FromSeconds(10), "whatever their own clocks make of it");
    }

    [Fact]
    public async Task ClaimAsync_ServersClockWasSetForward_TakesNobodyOverWhoRenews()
    {
        await CarriedThereAsync();
        await SilentAsync();
        Pass(TimeSpan.FromSeconds(2));
        _evidence.SetServerClock(_evidence.ServerTime.AddSeconds(45));

        (await WaitAsync()).Should().Be(TimeSpan.FromSeconds(8), "by the clock of this process the lease has stood for two seconds");
        await _there.RenewAsync(1, 1, default);
        Pass(TimeSpan.FromSeconds(1));
        await SilentAsync();
        Pass(TimeSpan.FromSeconds(10));
        (await WaitAsync()).Should().Be(TimeSpan.Zero, "what was renewed since is judged by the clock as it is now");
    }

    [Fact]
    public async Task ClaimAsync_ServersClockWasSetBack_HoldsNoDeadOwnersRun()
    {
        await CarriedThereAsync();
        await SilentAsync();
        Pass(TimeSpan.FromSeconds(1));
        _evidence.SetServerClock(_evidence.ServerTime.AddHours(-1));
        (await WaitAsync()).Should().Be(TimeSpan.FromSeconds(9));

        Pass(TimeSpan.FromSeconds(9));

        (await WaitAsync()).Should().Be(TimeSpan.Zero, "this process has watched the lease for its whole time");
        (await SilentAsync()).Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task ClaimAsync_ServersClockWasSetBack_GapMayBeAsLongAsThat()
    {
        await CarriedThereAsync();
        _evidence.SetServerClock(_evidence.ServerTime.AddMinutes(-5));

        var claim = await _here.ClaimAsync(1, "here", (_, _) => [], default);

        (claim.Gap, claim.AtLeast, claim.AtMost).Should().Be((TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5)), "nobody may go on alone over a gap that nobody knows");
    }

    [Fact]
    public async Task ClaimAsync_ThisProcessWasSuspended_CountsOnlyWhatIsCertain()
    {
        await CarriedThereAsync();
        await SilentAsync();

        // The owner goes on, and dies, while this machine stands still: its monotonic clock does, too.
        _evidence.SetServerClock(_evidence.ServerTime.AddSeconds(20));
        await _there.RenewAsync(1, 1, default);
        _evidence.SetServerClock(_evidence.ServerTime.AddSeconds(12));
        (await WaitAsync()).Should().Be(TimeSpan.FromSeconds(10));

        Pass(TimeSpan.FromSeconds(10));

        (await WaitAsync()).Should().Be(TimeSpan.Zero, "never longer than a lease by the own clock");
    }

    [Fact]
    public async Task RenewAsync_OwnerWhoseOwnClockLeapt_HasNotLapsed()
    {
        await CarriedThereAsync();
        _thereTime.Advance(TimeSpan.FromMinutes(10));

        await FluentActions.Awaiting(() => _there.RenewAsync(1, 1, default)).Should().NotThrowAsync();
        _evidence.SetServerClock(_evidence.ServerTime.AddSeconds(61));
        await FluentActions.Awaiting(() => _there.RenewAsync(1, 1, default)).Should().ThrowAsync<LeaseLapsedException>();
    }

    private async Task CarriedThereAsync()
    {
        await _there.OpenAsync("li-wei", ["ledger"], [], [], default);
        await _there.ClaimAsync(1, "there", (_, _) => [], default);
    }

    /// <summary>How long this process has still to wait before it may take the run over. Takes nothing.</summary>
    private async Task<TimeSpan> WaitAsync()
    {
        TimeSpan? left = null;
        await FluentActions.Awaiting(() => _here.ClaimAsync(
            1,
            "here",
            (claim, _) =>
            {
                left = Left(claim);
                throw new InvalidOperationException("only asked");
            },
            default)).Should().ThrowAsync<InvalidOperationException>();
        return left!.Value;
    }

    private static TimeSpan Left(LeaseClaim claim) => TakeoverWait.Left(claim, "here-or-there", new OwnerProof(OthersAreDead: false), new DrillRun(1, []), NoSteps, new StepKinds([]));

    private static Plan NoSteps => new("plan", "plan.yaml", "hash", "1", new Dictionary<string, string>(), DrillKind.Failover, [], ["ledger"], [], new PlanContents(new Dictionary<string, string>(), ""), [], [], [], [], []);

    private async Task<TimeSpan> SilentAsync() => (await _runs.ReadAsync(default)).Single().Silent;

    /// <summary>By every clock, whatever it shows.</summary>
    private void Pass(TimeSpan time)
    {
        _hereTime.Advance(time);
        _thereTime.Advance(time);
        _evidence.SetServerClock(_evidence.ServerTime + time);
    }

    private static SqlDrillJournal JournalOf(Database database, WriteGate gate, SqlEvidenceStore store, FakeTimeProvider time, LeaseClock leases) =>
        new(database, gate, store, new ServingSites(new EstateHolder(Estate.None)), new ProcessClock(time), leases);
}
