using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace DrOrchestrator.Web.Tests;

public sealed class EngineTests
{
    [Fact]
    public async Task Calendar_StoppedFromBeneath_NamesWhatNoLongerHappens()
    {
        await using var server = await RunningServer.StartAsync();
        await server.EnginesRunning();
        using var client = server.Operator();

        var scheduler = await server.App.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await scheduler.Standby();

        await Stopped(server, client, "calendar", "overdue drills are no longer looked for", "也不再检查演练是否逾期");
    }

    [Fact]
    public async Task Workers_StoppedFromBeneath_NameWhatNoLongerHappens()
    {
        await using var server = await RunningServer.StartAsync();
        await server.EnginesRunning();
        using var client = server.Operator();

        server.App.Services.GetRequiredService<Calendars.Work.WorkEngine>().Server!.Dispose();

        await Stopped(server, client, "workers", "no run begins", "后台任务（Hangfire）已停止：演练不再开始");
    }

    [Fact]
    public async Task Start_WithOpenRuns_HasEachCarried()
    {
        await using var server = await RunningServer.StartAsync(drills: drills =>
        {
            drills.Runs.Add(Samples.Run(9, "waiting"));
            drills.Runs.Add(Samples.Run(8, "open", "real"));
            drills.Runs.Add(Samples.Run(7));
        });

        await RunningServer.Eventually(() => server.Drills.Carried.Count == 2);
        server.Drills.Carried.Should().BeEquivalentTo([8L, 9L]);
    }

    [Fact]
    public async Task Enqueue_WhileIdle_StartsAtOnce()
    {
        await using var server = await RunningServer.StartAsync();
        await server.EnginesRunning();
        var queue = server.App.Services.GetRequiredService<IRunQueue>();
        queue.Enqueue(1);
        await RunningServer.Eventually(() => server.Drills.Carried.Count == 1);

        var started = TimeProvider.System.GetTimestamp();
        queue.Enqueue(2);
        await RunningServer.Eventually(() => server.Drills.Carried.Count == 2);

        TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10), "a queue that is polled takes 15 s");
    }

    [Fact]
    public async Task Enqueue_RealRunWhileEveryDrillWorkerIsBusy_WaitsForNoDrill()
    {
        await using var server = await RunningServer.StartAsync();
        await server.EnginesRunning();
        var queue = server.App.Services.GetRequiredService<IRunQueue>();
        var drillsEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Drills.Carrying = (run, cancellationToken) => run < 100 ? drillsEnd.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        for (var drill = 1; drill <= 12; drill++)
        {
            queue.Enqueue(drill);
        }

        await RunningServer.Eventually(() => server.Drills.Carried.Count == 4);

        queue.Enqueue(100, real: true);
        queue.EnqueueAfter(101, TimeSpan.Zero, real: true);

        await RunningServer.Eventually(() => server.Drills.Carried.Contains(100) && server.Drills.Carried.Contains(101));
        server.Drills.Carried.Where(run => run < 100).Should().HaveCount(4, "the house was full all the time");
        drillsEnd.SetResult();
        await RunningServer.Eventually(() => server.Drills.Carried.Count == 14);
    }

    [Fact]
    public async Task EnqueueAfter_ItsTimeHasCome_IsCarried()
    {
        await using var server = await RunningServer.StartAsync();
        await server.EnginesRunning();

        server.App.Services.GetRequiredService<IRunQueue>().EnqueueAfter(1, TimeSpan.Zero);

        await RunningServer.Eventually(() => server.Drills.Carried.Contains(1));
    }

    [Fact]
    public async Task Calendar_AtItsHour_RecordsOneFinding()
    {
        var estate = Samples.Estate();
        estate = estate with { Calendars = [estate.Calendars[0] with { Cron = "* * * * * ?" }] };
        await using var server = await RunningServer.StartAsync(estate: estate);
        var evidence = server.App.Services.GetRequiredService<IEvidenceLog>();

        List<EvidenceRecord> findings = [];
        await RunningServer.Eventually(() =>
        {
            findings = [.. evidence.ReadAsync(null, 0, 100, CancellationToken.None).Result.Where(record => record.Kind == "finding.drill-overdue")];
            return findings.Count >= 2;
        });

        findings.Select(finding => (string)finding.Payload["fireTime"]!).Should().OnlyHaveUniqueItems();
        findings[0].System.Should().Be("ledger");
        ((string)findings[0].Payload["finding"]!).Should().StartWith("No run of plan quickstart-failover for ledger has ever closed");
    }

    [Fact]
    public async Task Calendar_ChangedInTheEstate_IsWhatQuartzKeeps()
    {
        var folder = RunningServer.FreshFolder();
        var estate = Samples.Estate();
        var first = await RunningServer.StartAsync(folder, estate);
        await first.EnginesRunning();
        await first.App.StopAsync();
        await first.App.DisposeAsync();

        var renamed = estate with { Calendars = [estate.Calendars[0] with { Name = "other" }] };
        await using var second = await RunningServer.StartAsync(folder, renamed);
        await second.EnginesRunning();
        var scheduler = await second.App.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();

        var keys = await scheduler.GetJobKeys(GroupMatcher<JobKey>.AnyGroup());
        keys.Select(key => key.Name).Should().Equal("other");
    }

    private static async Task Stopped(RunningServer server, HttpClient client, string engine, string english, string chinese)
    {
        await RunningServer.Eventually(() => server.App.Services.GetRequiredService<IEngineStates>().Read().Single(state => state.Name == engine).State == EngineCondition.Stopped);
        var status = JsonNode.Parse(await client.GetStringAsync("/api/v1/status"))!;
        var stopped = status["engines"]!.AsArray().Single(state => state!["state"]!.GetValue<string>() == "stopped")!;
        stopped["name"]!.GetValue<string>().Should().Be(engine);
        stopped["whatNoLongerHappens"]!.GetValue<string>().Should().Contain(english);
        (await client.GetStringAsync("/?lang=en")).Should().Contain(english);
        (await client.GetStringAsync("/?lang=zh-CN")).Should().Contain(chinese);
        (await client.GetStringAsync("/metrics")).Should().Contain($"dro_engine_up{{engine=\"{engine}\"}} 0");
        using var ready = await client.GetAsync("/readyz");
        ready.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }
}
