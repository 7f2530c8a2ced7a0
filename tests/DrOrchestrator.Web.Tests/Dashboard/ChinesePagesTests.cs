using System.Net;
using System.Text.RegularExpressions;
using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>What a Chinese reader is shown is Chinese, down to the reasons; names, code and the words of others excepted, and those are marked.</summary>
public sealed partial class ChinesePagesTests
{
    private static readonly string[] Allowed = ["RTO", "RPO", "LQA", "UTC", "HTTP", "TLS", "API", "JSON", "JR", "DrOrchestrator", "Kubernetes", "bank", "ledger", "quickstart", "failover"];

    // Drawn bars carry the name of their step as a tooltip, in which no markup can stand.
    private static readonly string[] StepNames = ["fence-primary", "promote", "start-api", "move-traffic", "verify-business", "rejoin"];

    [Theory]
    [InlineData("/")]
    [InlineData("/drills")]
    [InlineData("/drills/7")]
    [InlineData("/drills/8")]
    [InlineData("/drills/9")]
    [InlineData("/systems/ledger")]
    [InlineData("/drills/7/diff/8")]
    [InlineData("/calendar")]
    [InlineData("/sign-in")]
    public async Task Page_InChinese_HasNoEnglishOutsideMarkedText(string path)
    {
        await using var server = await RunningServer.StartAsync(estate: CalendarTests.Full(), drills: Fill);
        await CalendarTests.FillAsync(server);
        server.Statuses.Systems.Clear();
        server.Statuses.Systems.Add(Status());
        using var client = server.Operator();

        var page = await client.GetStringAsync(path + "?lang=zh-CN");

        EnglishIn(page).Should().BeEmpty();
    }

    [Fact]
    public async Task SystemPage_WithEverything_ShowsItInBothLanguages()
    {
        await using var server = await RunningServer.StartAsync(drills: Fill);
        server.Statuses.Systems.Clear();
        server.Statuses.Systems.Add(Status());
        using var client = server.Operator();

        var chinese = await client.GetStringAsync("/systems/ledger?lang=zh-CN");
        var english = await client.GetStringAsync("/systems/ledger?lang=en");

        chinese.Should().ContainAll("实测恢复时间", "预计恢复时间", "中断计时", "剩余允许中断时间", "2026-12-24", "服务时间口径", "低", "从未执行，按超时计", "没有回切", "JR/T 0199-2020，判定规则版本 2");
        english.Should().ContainAll("Demonstrated recovery time", "Predicted recovery time", "Running clock", "Runs out at this rate", "Lowest acceptable (LQA)", "no probe looks at the layer line", "7.2 g");
    }

    [Theory]
    [InlineData("/", "<span lang=\"en\">Settlement</span>")]
    [InlineData("/drills/7", "<span lang=\"en\">yearly drill</span>")]
    [InlineData("/drills/9", "<span lang=\"en\">not before the end of the month</span>")]
    public async Task Page_InChinese_MarksWhatPeopleWroteInEnglish(string path, string marked)
    {
        await using var server = await RunningServer.StartAsync(drills: Fill);
        using var client = server.Operator();

        (await client.GetStringAsync(path + "?lang=zh-CN")).Should().Contain(marked);
    }

    [Theory]
    [InlineData("<html lang=\"zh-CN\"><p>达标 <b>met</b></p>", "met")]
    [InlineData("<html lang=\"zh-CN\"><p title=\"met\">达标 <span lang=\"en\">met <i>x</i></span> RTO <code>dro</code></p>", null)]
    public void EnglishIn_APage_FindsWhatIsNotMarked(string page, string? found) => EnglishIn(page).Should().Equal(found is null ? [] : [found]);

    internal static IEnumerable<string> EnglishIn(string page)
    {
        var text = Unseen().Replace(page, " ");
        text = Marked().Replace(text, " ");
        text = StepNames.Aggregate(WebUtility.HtmlDecode(Tag().Replace(text, " ")), (rest, name) => rest.Replace(name, " ", StringComparison.Ordinal));
        return Letters().Matches(text).Select(match => match.Value).Except(Allowed);
    }

    private static SystemStatus Status()
    {
        var now = Samples.Start;
        var newYear = new DateTimeOffset(now.Year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var year = AvailabilityFigures.Of(new Downtime(
            newYear, now, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), now - newYear, now - newYear - TimeSpan.FromMinutes(3), TimeSpan.Zero, TimeSpan.Zero));
        var limits = TierTable.Current.LimitsOf(4);
        Exposure towards = new(
            "ledger", "dr", TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(7), ReplicationState.NotProtected, now, now.AddSeconds(4), "connection refused by 127.0.0.1:8080; lost if promoted now: 2s to 7s");
        var record = new DemonstratedRecord(7, now, "failover", "sandbox", 12.3, 25, 0.48, 0.6, 0, 0) { FailedBack = true, BusinessVerified = true };
        return Samples.Status() with
        {
            State = IntervalState.Down,
            Reason = "no answer within 1s",
            Sites =
            [
                new("primary", "serving", IntervalState.Down, now, null, "connection refused by 127.0.0.1:8080"),
                new("dr", "standby", IntervalState.Unknown, now, null, "TLS with 127.0.0.1:443: The remote certificate was rejected"),
            ],
            Availability = year,
            Exposures = [towards],
            Recovery = Recovery(now),
            Windows = [.. new[] { "today", "7-days", "30-days", "month", "quarter", "year", "last-year", "rolling-365-days" }.Select(window => new WindowFigure(window, year))],
            Budget = new DowntimeBudget(TimeSpan.FromHours(10), TimeSpan.FromHours(9), TimeSpan.FromHours(1), new DateOnly(2026, 12, 24)),
            ExposureYears = new Dictionary<string, ExposureWindow> { ["dr"] = new(now, now, 3, 100, 90, 10, 0, 0, 0, 5, 4, now) },
            Qos = Qos(now),
            Findings = Findings(now),
            Verdicts = TierEvaluator.Judge(limits, new TierFacts(now, true, year, year, [record], [towards], [])),
        };
    }

    private static RecoveryStatus Recovery(DateTimeOffset now)
    {
        RecordAge stale = new(true, [new FingerprintChange("plan", new string('a', 64), new string('b', 64), true, null)], null, "run 7 is stale: changed since: plan; a passed run of plan quickstart-failover restores it");
        RtoForecast forecast = new(
            "quickstart-failover", TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1), null,
            [new("fence-primary", TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5), 3, false), new("verify-business", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(80), 0, true)], ["verify-business"], null)
        {
            LastErrorSeconds = -3.2,
            LastErrorRun = 7,
        };
        return new RecoveryStatus(
            [
                new(7, "quickstart-failover", "failover", "sandbox", now, 12.3, false, null, null, stale),
                new(6, "quickstart-failover", "switchover", "sandbox", now, 2, true, "run 6 did not fail back", null, RecordAge.Fresh),
                new(5, "quickstart-failover", "failover", "sandbox", now, 2, false, null, null, RecordAge.Fresh),
            ],
            [forecast, forecast with { P50 = null, P95 = null, CriticalPath = [], Reason = "the gates of run 9 did not pass: standby-healthy dr: NotProtected" }],
            new RunningRecovery(now, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2), TimeSpan.FromHours(4), now.AddHours(4), 8, now.AddMinutes(5), TimeSpan.FromMinutes(8), false));
    }

    private static QosStatus Qos(DateTimeOffset now) => QosStatus.Of(
        new QosPlan(new QosFigures(99.95m, TimeSpan.FromMilliseconds(200), 0.95, 1200), new Dictionary<string, string>(), new QosFigures(99.9m, null, 0.95, 800), "零售业务部", "服务质量基线", "li", new DateOnly(2026, 1, 1)),
        new QosFloors(99, TimeSpan.FromMilliseconds(500), 0.95, 700),
        [
            .. new[] { ("hour", now), ("24-hours", now.AddHours(-3)), ("30-days", now.AddDays(-30)), ("year", (DateTimeOffset?)null) }.Select(window => new QosSum(
                window.Item1, now.AddDays(-30), now, new ProbeSum(98, 2, 0, LatencyHistogram.Of(TimeSpan.FromMilliseconds(600)), new ProbeValues(1, 650, 650, 650)), window.Item2, 12.5)),
        ],
        _ => 99.99,
        now);

    private static IReadOnlyList<ClauseFinding> Findings(DateTimeOffset now)
    {
        var estate = Samples.Estate();
        var system = estate.Systems[0] with
        {
            IsFintechProduct = true,
            Qos = new QosPlan(new QosFigures(99.9m, null, 0, null), new Dictionary<string, string>(), null, null, "d", "li", new DateOnly(2026, 1, 1)),
            Attestations = [new Attestation(AttestedStatement.ServiceTimeBasis, "li", "wang", "d", new DateOnly(2025, 1, 1), new DateOnly(2025, 12, 31), null)],
        };
        return [.. ClauseFindings.Of(estate, system, ["tier 5 wants two vantage points; there is one"], now), .. ClauseFindings.Of(estate, estate.Systems[0], [], now).Take(1), .. ClauseFindings.OfClock(TimeSpan.FromHours(3)), .. ClauseFindings.OfClock(TimeSpan.FromHours(-3))];
    }

    private static void Fill(FakeDrills drills)
    {
        var passed = Samples.Run();
        drills.Runs.Add(passed with
        {
            Gates =
            [
                new("targets-exist dr ledger/statefulset/ledger-store", true, "there, 1 of 1 replicas ready (uid 8f0c)", "is there", "Kubernetes API of dr", TimeSpan.Zero, ""),
                new("standby-healthy ledger at dr", true, "Protected: dr has received everything", "protected", "recovery point ledger-replication", TimeSpan.FromMilliseconds(80), ""),
                new("exposure-in-limit ledger at dr", true, "510ms", "at most 1h", "recovery point ledger-replication", TimeSpan.FromMilliseconds(80), ""),
                new("fence-provable primary ledger/deployment/ledger-api", true, "spec.replicas is owned by kubectl (Update); autoscalers cannot be read (404)", "nobody sets its replicas by itself", "managedFields and autoscalers in the Kubernetes API of primary", TimeSpan.Zero, ""),
                new("fence-provable primary node node-1", true, "Ready=True, lease moved from 2026-11-22T08:00:00.1Z to 2026-11-22T08:00:01.1Z", "Ready=True and its lease moves", "node and lease in the Kubernetes API of primary", TimeSpan.Zero, ""),
                new("standby-healthy ledger at dr", false, "NotProtected: dr does not hear its primary", "protected", "recovery point ledger-replication", TimeSpan.FromMilliseconds(80), "Repair replication to the standby, then start the run again."),
            ],
        });
        drills.Runs.Add(Samples.Run(8, "waiting") with { Phase = DrillPhase.Approvals, WaitingFor = "approval 'run-approval' by approver" });
        drills.Runs.Add(Samples.Run(9, "aborted") with
        {
            Failure = "approval 'run-approval' was refused by anna: not before the end of the month",
            Steps = [passed.Steps[0] with { State = "failed", Detail = "could not be prepared: Job dro-9 cannot be made" }],
        });
        drills.Items.Add(new(
            8, "approval", "run-approval", "approver", "Run plan 'quickstart-failover' on ledger, asked by rita: yearly drill", Samples.Start, Samples.Start.AddMinutes(10), ["promote"]));
        drills.Items.Add(new(
            8, "retry", "retry-1", "operator", "NOBODY SERVES: probe ledger-posting: down on the time line, HTTP 503 now. The run stopped: step 'promote-primary' failed: no end within 30s. Sites: ledger: last promoted at dr. The interruption goes on. Mend what stopped the run, then confirm to try again; refuse to close it as failed with the service down.", Samples.Start, null, []));
        drills.Items.Add(new(
            8, "step-observation", "observe-promote-1-2", "operator", "Nobody can tell whether step 'promote' happened: no end within 30s. Look at dr; confirm = it happened, refuse = it did not and cannot any more. Later steps need epoch of it: confirm with them as the note, in JSON, e.g. {\"epoch\": \"...\"}.", Samples.Start, null, []));
        drills.Items.Add(new(
            8, "step-observation", "observe-promote-1", "operator", "Nobody can tell whether step 'promote' happened: no end within 30s. Look at dr; confirm = it happened, refuse = it did not and cannot any more.", Samples.Start, null, []));
    }

    [GeneratedRegex("<(style|script)[^>]*>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Unseen();

    [GeneratedRegex("<(?<tag>span|a|code)\\b[^>]*(?:lang=\"en\"|translate=\"no\")[^>]*>.*?</\\k<tag>>|<code>.*?</code>", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex Letters();
}
