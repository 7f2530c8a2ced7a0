using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Dns;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Tests.Drills.Steps.Dns;

namespace DrOrchestrator.Tests.Drills;

/// <summary>A name that a run moves: requests that come late.</summary>
public sealed class DnsRunTests : IAsyncLifetime
{
    private const string Name = "pay.bank.test";

    private readonly WaitingClock _clock = new(new DateTimeOffset(2026, 11, 27, 8, 0, 0, TimeSpan.Zero));
    private readonly FakeNameServer _server = new();
    private readonly DrillBench _bench = new();
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", $"dns-{Guid.NewGuid():N}")).FullName;

    public Task InitializeAsync()
    {
        _server.Has(Name, "10.1.0.7");
        _server.Clock = _clock;
        _bench.Time = _clock;
        _bench.MoreKinds.Add(new DnsStep(_clock));
        return File.WriteAllTextAsync(Path.Combine(_folder, "key"), Convert.ToBase64String(FakeNameServer.Secret) + "\n");
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The first request waits in the server's queue; sent once more, it is done, and undone. Now the late one is read: its condition holds again.</summary>
    [Fact]
    public async Task Carry_RequestIsReadBehindTheRollback_ActsNoMore()
    {
        _server.ReadsNextBehind = 2;
        _bench.Step("move", "dns", with: With("10.2.0.7"), site: null, timeout: TimeSpan.FromSeconds(30)).Step("fails");
        _bench.World.Next("fails", new StepOutcome.Failed("no"));
        var run = await _bench.OpenAsync();

        await CarryAsync(run);

        (await _bench.ShowAsync(run)).RolledBack.Should().BeTrue();
        (_server.Addresses(Name), _server.LateAnswer).Should().Be(("10.1.0.7 300", 9));
    }

    /// <summary>As above, with a step that moves the name back instead of a rollback.</summary>
    [Fact]
    public async Task Carry_RequestIsReadBehindTheWayBack_ActsNoMore()
    {
        _server.ReadsNextBehind = 2;
        _bench.Step("move", "dns", with: With("10.2.0.7"), site: null, timeout: TimeSpan.FromSeconds(30));
        _bench.Step("move-back", "dns", with: With("10.1.0.7"), site: null, timeout: TimeSpan.FromSeconds(30), wayBack: true);
        var run = await _bench.OpenAsync();

        await CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        (_server.Addresses(Name), _server.LateAnswer).Should().Be(("10.1.0.7 300", 9));
    }

    /// <summary>As above, and the way back is another run, which knows nothing of the requests of the first.</summary>
    [Fact]
    public async Task Carry_RequestIsReadBehindTheWayBackOfAnotherRun_ActsNoMore()
    {
        _server.ReadsNextBehind = 2;
        _bench.Step("move", "dns", with: With("10.2.0.7"), site: null, timeout: TimeSpan.FromSeconds(30));
        await CarryAsync(await _bench.OpenAsync());
        _bench.ForgetSteps();
        _bench.Step("move-back", "dns", with: With("10.1.0.7"), site: null, timeout: TimeSpan.FromSeconds(30));
        _bench.Restart();
        var second = await _bench.OpenAsync();

        await CarryAsync(second);

        (await _bench.ShowAsync(second)).Outcome.Should().Be("passed");
        (_server.Addresses(Name), _server.LateAnswer).Should().Be(("10.1.0.7 300", 9));
    }

    [Fact]
    public async Task Carry_StoppedWhileTheLateRequestIsWaitedFor_IsHeard()
    {
        _server.ReadsNextBehind = 9;
        _bench.Step("move", "dns", with: With("10.2.0.7"), site: null, timeout: TimeSpan.FromSeconds(30)).Step("fails");
        _bench.World.Next("fails", new StepOutcome.Failed("no"));
        var run = await _bench.OpenAsync();
        var carrying = _bench.CarryAsync(run);
        await UntilAsync(async () => (await _bench.EntriesAsync(run)).Any(line => line.Kind == JournalKinds.Phase && line.Data["phase"]!.ToString() == DrillPhase.RollingBack));

        await _bench.OrderAsync(run, RunOrder.Pause);
        await carrying;

        (await _bench.EntriesAsync(run)).Should().NotContain(line => line.Kind == JournalKinds.UndoIntent && line.Step == "move");
        _server.Addresses(Name).Should().Be("10.2.0.7 300");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carry_UntilAResolverAnswers_WaitsForItAndFailsWithEffectAtTheEnd(bool answers)
    {
        await using var resolver = new FakeNameServer();
        resolver.Has(Name, "10.1.0.7", ttl: 7);
        resolver.Asked = () =>
        {
            if (answers && resolver.Questions == 3)
            {
                resolver.Has(Name, "10.2.0.7", ttl: 7);
            }
        };
        _server.Has(Name, "10.1.0.7", ttl: 7);
        _bench.Step("move", "dns", with: With("10.2.0.7", resolver.Address), site: null, timeout: TimeSpan.FromSeconds(30)).Step("next");
        var run = await _bench.OpenAsync();

        await CarryAsync(run);

        var ends = (await _bench.EntriesAsync(run)).Where(line => line is { Kind: JournalKinds.Outcome, Step: "move" }).Select(line => $"{line.Data["outcome"]} {line.Data["hadEffect"]} {line.Data["reason"]}".Trim()).ToList();
        ends.Should().Equal(answers ? "done" : $"failed true it was done, but {resolver.Address} still answers 10.1.0.7 for {Name}, and may for 7s more");
        (_bench.World.Story.Contains("execute next"), _server.Addresses(Name)).Should().Be((answers, answers ? "10.2.0.7 7" : "10.1.0.7 7"), "a failure with effect is rolled back");
    }

    private string With(string value, string? until = null) => new JsonObject
    {
        ["server"] = _server.Address, ["zone"] = "bank.test", ["name"] = Name, ["type"] = "A", ["values"] = new JsonArray(value), ["key-name"] = FakeNameServer.KeyName, ["key-file"] = Path.Combine(_folder, "key"), ["until"] = until is null ? new JsonArray() : new JsonArray(until),
    }.ToJsonString();

    private async Task CarryAsync(long run)
    {
        var carrying = _bench.CarryAsync(run);
        await UntilAsync(() =>
        {
            _clock.GoOn();
            return Task.FromResult(carrying.IsCompleted);
        });
        await carrying;
        (await _bench.ShowAsync(run)).ClosedAt.Should().NotBeNull();
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !await holds();)
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(120));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
