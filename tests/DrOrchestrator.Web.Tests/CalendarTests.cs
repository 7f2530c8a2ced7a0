using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests;

/// <summary>The calendar in the server as it is composed, on Quartz itself.</summary>
public sealed class CalendarTests
{
    private static readonly Person Requester = Samples.Person("rita", "requester-token", PersonRole.Operator);

    [Fact]
    public async Task Drill_AtItsTime_IsAskedForOncePerTime()
    {
        await using var server = await RunningServer.StartAsync(estate: With("* * * * * ?"), drills: drills => drills.Runs.Add(Samples.Run(7)));

        await RunningServer.Eventually(() => Copy(server.Drills.Requests).Count >= 2);

        var requests = Copy(server.Drills.Requests);
        requests[0].Should().BeEquivalentTo(new { Plan = "quickstart-failover", Mode = RunMode.Live, Reason = "calendar entry quarterly", Requester });
        requests.Select(request => request.Scheduled!.FireTime).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Drill_ServerStoppedOverItsTime_IsAFindingAtOnceAndNeverStartsLate()
    {
        var folder = RunningServer.FreshFolder();
        // Due once within the next day and a bit, whatever the time is now.
        var estate = With($"0 0 {(TimeProvider.System.GetUtcNow().Hour + 12) % 24} * * ?");
        var first = await RunningServer.StartAsync(folder, estate);
        await RunningServer.Eventually(() => Schedules(first).Count == 1);
        await first.App.StopAsync();
        await first.App.DisposeAsync();

        // As a process sees it that begins a day later.
        await using var second = await RunningServer.StartAsync(folder, estate, overrides: services => services.AddSingleton<TimeProvider>(new LaterTime(TimeSpan.FromDays(1.01))));
        var evidence = second.App.Services.GetRequiredService<IEvidenceLog>();
        IReadOnlyList<EvidenceRecord> findings = [];
        await RunningServer.Eventually(() => (findings = [.. evidence.ReadAsync(null, 0, 100, CancellationToken.None).Result.Where(record => record.Kind == "finding.calendar-missed")]).Count > 0);

        findings.Should().ContainSingle().Which.System.Should().Be("ledger");
        second.Drills.Requests.Should().BeEmpty();
        var board = second.App.Services.GetRequiredService<CalendarBoard>();
        await RunningServer.Eventually(() => board.Read().Entries is [{ Standing.Outcome: FireOutcome.Missed }]);
    }

    [Fact]
    public async Task Calendar_WithEverything_IsInTheApiOnThePagesAndInTheStatus()
    {
        await using var server = await RunningServer.StartAsync(estate: Full(), drills: drills => drills.Runs.Add(Samples.Run() with { OpenedAt = Samples.Start.AddYears(-1) }));
        await FillAsync(server);
        using var client = server.Operator();

        var calendar = await client.GetFromJsonNodeAsync("/api/v1/calendar");
        var status = await client.GetFromJsonNodeAsync("/api/v1/status");
        var english = await client.GetStringAsync("/calendar?lang=en");
        var chinese = await client.GetStringAsync("/calendar?lang=zh-CN");

        var drill = calendar["entries"]!.AsArray().Single(entry => (string)entry!["name"]! == "quarterly")!;
        ((string)drill["next"]![0]!["at"]!).Should().EndWith("T22:00:00+08:00");
        ((string)drill["next"]![0]!["frozenBy"]!).Should().Be("always");
        ((string)drill["last"]!["outcome"]!).Should().Be("missed");
        ((string)drill["standing"]!["text"]!).Should().StartWith("The drill of plan quickstart-failover due");
        ((string)calendar["freezes"]![0]!["lastDay"]!).Should().Be("9999-12-31");
        ((string)status["systems"]![0]!["readiness"]![0]!["state"]!).Should().Be("no");
        ((string)status["systems"]![0]!["nextDrill"]!["at"]!).Should().Contain("T22:00:00");
        (await client.GetStringAsync("/?lang=en")).Should().Contain("Next drill");
        english.Should().ContainAll("Next times", "restore check", "frozen by", "in force", "Could switch now", "month-end closing", "was missed");
        chinese.Should().ContainAll("年度演练计划", "恢复验证", "变更冻结期", "生效中", "能否立即切换", "已错过");
        (await client.GetStringAsync("/?lang=zh-CN")).Should().Contain("能否立即切换").And.Contain("此刻无法开始");
    }

    [Fact]
    public async Task Calendar_GateDoesNotPass_RaisesAnAlert()
    {
        await using var server = await RunningServer.StartAsync(estate: Full());
        await FillAsync(server);

        // By the server's own watch, which looks every few seconds.
        IReadOnlyList<Alert> alerts = [];
        var onRecord = server.App.Services.GetRequiredService<IAlerts>();
        await RunningServer.Eventually(() => (alerts = onRecord.OpenAsync(CancellationToken.None).Result).Count >= 2);
        alerts.Select(alert => (alert.Kind, alert.System, alert.Subject, alert.Severity)).Should().Contain([("gates-fail", "ledger", "nightly", "critical"), ("drill-not-opened", "ledger", "quarterly", "warning")]);
    }

    /// <summary>Entries of every kind, and a freeze that always holds.</summary>
    /// <remarks>The server runs on the machine's clock, so the times lie half a month and half a day from now: none comes due between what <see cref="FillAsync"/> records and the look at it.</remarks>
    internal static Estate Full()
    {
        var now = TimeProvider.System.GetUtcNow();
        var estate = With($"0 0 22 {(now.Day + 13) % 28 + 1} * ?");
        return estate with
        {
            Calendars =
            [
                estate.Calendars[0] with { TimeZone = "Asia/Shanghai" },
                estate.Calendars[0] with { Name = "restore", Kind = "restore-check", Mode = "rehearsal" },
                new CalendarEntry("nightly", "gates", "", "quickstart-failover", $"0 0 {(now.Hour + 12) % 24} * * ?", "UTC", TimeSpan.Zero),
                Samples.Estate().Calendars[0],
            ],
            Freezes = [new Freeze("always", new FreezeDays.Once(new(2000, 1, 1), new(9999, 12, 31)), [], "month-end closing", "Wang", "UTC")],
        };
    }

    /// <summary>A missed drill, and gates of which one does not pass.</summary>
    internal static async Task FillAsync(RunningServer server)
    {
        var ledger = server.App.Services.GetRequiredService<IFireLedger>();
        var now = TimeProvider.System.GetUtcNow();
        var bad = new GateResult("exposure-in-limit ledger at dr", false, "3s", "at most 1s", "recovery point r", TimeSpan.Zero, "Wait until the standby has caught up, or find out why it lags.");
        var missed = CalendarWords.Missed(new KeptSchedule("quarterly", "drill", "quickstart-failover", ["ledger"], "live", "", "Asia/Shanghai", now), now.AddDays(-1));
        await ledger.ConcludeAsync([new Fire("quarterly", now.AddDays(-1), FireOutcome.Missed, null, missed, [], now)], [], CancellationToken.None);
        await ledger.ConcludeAsync([new Fire("nightly", now.AddHours(-1), FireOutcome.NotPassed, null, ScheduledGates.Judge("quickstart-failover", [bad]).Text, [bad], now)], [], CancellationToken.None);
        await server.App.Services.GetRequiredService<CalendarBoard>().RefreshAsync(CancellationToken.None);
    }

    private static Estate With(string cron)
    {
        var estate = Samples.Estate();
        return estate with
        {
            People = [.. estate.People, Requester],
            Calendars = [new CalendarEntry("quarterly", "drill", "", "quickstart-failover", cron, "UTC", TimeSpan.Zero) { Mode = "live", Requester = "rita" }],
        };
    }

    private static IReadOnlyList<KeptSchedule> Schedules(RunningServer server) => server.App.Services.GetRequiredService<IFireLedger>().SchedulesAsync(CancellationToken.None).Result;

    private static List<StartRequest> Copy(List<StartRequest> requests)
    {
        lock (requests)
        {
            return [.. requests];
        }
    }

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
