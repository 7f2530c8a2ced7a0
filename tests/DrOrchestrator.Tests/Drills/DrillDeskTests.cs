using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills;

/// <summary>What people hear when the workers' queue takes nothing: what is on record stays so.</summary>
public sealed class DrillDeskTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task StartAsync_QueueTakesNothing_SaysThatTheRunIsOnRecordAndNotQueued()
    {
        _bench.Step("one");
        _bench.QueueFails = new InvalidOperationException("Background job creation failed.");

        var result = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "because", DrillBench.Operator), default);

        var started = result.Should().BeOfType<StartResult.Started>().Subject;
        started.IsQueued.Should().BeFalse();
        (await _bench.ShowAsync(started.Run)).ClosedAt.Should().BeNull("it is open, and holds its systems");
    }

    [Fact]
    public async Task StartAsync_QueueTakesIt_SaysSo()
    {
        _bench.Step("one");

        var result = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "because", DrillBench.Operator), default);

        result.Should().BeOfType<StartResult.Started>().Which.IsQueued.Should().BeTrue();
    }

    [Fact]
    public async Task StartAsync_PlanWithAForecast_PutsItOnRecordInTheOpeningLine()
    {
        _bench.Step("one");
        _bench.Forecasts = new Forecast(new RunForecast(40, 90, 12.5, ["one"], null));

        var run = await _bench.OpenAsync();

        (await _bench.EntriesAsync(run))[0].Data["forecast"]!.ToJsonString().Should().Be("""{"p50Seconds":40,"p95Seconds":90,"decisionSeconds":12.5,"neverRun":["one"],"reason":null}""");
        (await _bench.ShowAsync(run)).Forecast.Should().BeEquivalentTo(new RunForecast(40, 90, 12.5, ["one"], null));
    }

    [Fact]
    public async Task AnswerAsync_QueueTakesNothing_IsAcceptedAllTheSame()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        _bench.QueueFails = new InvalidOperationException("Background job creation failed.");

        var answer = await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, confirmed: true, null, default);

        answer.Accepted.Should().BeTrue();
        (await _bench.EntriesAsync(run)).Should().Contain(entry => entry.Kind == JournalKinds.Answered);
    }

    [Fact]
    public async Task WatchAsync_FromTheEndOfAClosedRun_Ends()
    {
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        var last = (await _bench.EntriesAsync(run))[^1];
        last.Kind.Should().Be(JournalKinds.Closed);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        var told = new List<RunEvent>();
        await foreach (var happened in _bench.Drills.WatchAsync(run, last.Sequence, limit.Token))
        {
            told.Add(happened);
        }

        told.Should().BeEmpty("whoever comes back for more has heard all of it");
    }

    private sealed class Forecast(RunForecast forecast) : IRunForecasts
    {
        public Task<RunForecast> OfAsync(Plan plan, CancellationToken cancellationToken) => Task.FromResult(forecast);
    }
}
