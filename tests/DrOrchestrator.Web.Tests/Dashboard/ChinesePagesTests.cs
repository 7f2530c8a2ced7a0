using System.Net;
using System.Text.RegularExpressions;
using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
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
    [InlineData("/sign-in")]
    public async Task Page_InChinese_HasNoEnglishOutsideMarkedText(string path)
    {
        await using var server = await RunningServer.StartAsync(drills: Fill);
        server.Statuses.Systems.Clear();
        server.Statuses.Systems.Add(Status());
        using var client = server.Operator();

        var page = await client.GetStringAsync(path + "?lang=zh-CN");

        EnglishIn(page).Should().BeEmpty();
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

    private static IEnumerable<string> EnglishIn(string page)
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
            Verdicts = TierEvaluator.Judge(limits, new TierFacts(now, true, year, year, [record], [towards], [])),
        };
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
