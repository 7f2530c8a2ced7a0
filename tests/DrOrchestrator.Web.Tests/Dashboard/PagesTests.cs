using System.Net;
using System.Text.RegularExpressions;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed partial class PagesTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>\"'&";

    [Theory]
    [InlineData("zh-CN", new[] { "容灾能力等级", "第4级", "责任部门", "当前承载", "当前数据丢失敞口", "受保护", "系统可用性(全时口径)", "监测覆盖率", "达标", "有风险", "无法判定", "实验环境，不满足任何条款", "核心账务系统", "服务中断", "最近一次演练" })]
    [InlineData("en", new[] { "DR capability tier", "Responsible department", "Serving now", "Exposure now", "protected", "Availability (24x7)", "Coverage", "met", "at risk", "indeterminate", "lab, satisfies no clause", "Core ledger", "service interruption", "Last drill" })]
    public async Task Systems_InALanguage_UsesTheGlossary(string language, string[] words)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run()));
        using var client = server.Operator();
        client.DefaultRequestHeaders.Add("Accept-Language", language + ",fr;q=0.5");

        var page = await client.GetStringAsync("/");

        page.Should().Contain($"<html lang=\"{language}\">").And.ContainAll(words);
        page.Should().Contain("99.9876%").And.Contain("98.51%").And.Contain(language == "en" ? "12.3 s" : "12.3 秒");
    }

    [Theory]
    [InlineData("zh-CN", new[] { "切换前检查", "审批与应答", "实测恢复时间", "实测数据丢失量", "不可回退点", "旧主隔离(防双写)", "业务验证", "回切", "证据记录", "灾难切换(非计划)", "恢复时间目标(RTO)" })]
    [InlineData("en", new[] { "Preflight gates", "Approvals and answers", "Demonstrated recovery time", "Counted data loss", "point of no return", "fenced", "business verification", "Failback", "failover (unplanned)", "RTO limit" })]
    public async Task Drill_InALanguage_UsesTheGlossary(string language, string[] words)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(1)));
        await Append(server);
        using var client = server.Operator();

        var page = await client.GetStringAsync("/drills/1?lang=" + language);

        page.Should().ContainAll(words).And.Contain("fence-primary").And.Contain(language == "en" ? "25 · 0.48 s" : "25 · 0.48 秒").And.Contain(language == "en" ? "4 h" : "4 小时");
    }

    [Theory]
    [InlineData("zh-CN", "参演人员", "模拟")]
    [InlineData("en", "Took part", "simulated")]
    public async Task Drill_Closed_SaysWhoTookPartAndForWhichDepartment(string language, string title, string simulated)
    {
        var run = Samples.Run(1) with { Participants = [new Participant("chen", "风险管理部", 2, Simulated: false), new Participant("li", "", 1, Simulated: true)] };
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(run));
        using var client = server.Operator();

        var page = await client.GetStringAsync("/drills/1?lang=" + language);

        Regex.Replace(page[page.IndexOf(title, StringComparison.Ordinal)..], "<[^>]+>", "").Should().MatchRegex($@"^{title}\s*chen\s*风险管理部\s*li\s*[(（]?{simulated}");
    }

    [Theory]
    [InlineData("zh-CN", "发现的问题", "tell-duty-desk: duty-desk 未接收该通知：503")]
    [InlineData("en", "Findings", "tell-duty-desk: duty-desk did not take the notice: 503")]
    public async Task Drill_NoticeThatWasNotTaken_IsAFinding(string language, string title, string text)
    {
        var run = Samples.Run(1) with { Findings = [new RunFinding("tell-duty-desk", "duty-desk did not take the notice: 503")] };
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(run));
        using var client = server.Operator();

        var page = await client.GetStringAsync("/drills/1?lang=" + language);

        Regex.Replace(page[page.IndexOf(title, StringComparison.Ordinal)..], "<[^>]+>", "").Should().Contain(text);
    }

    [Fact]
    public async Task Language_AskedFor_IsKept()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();
        using var asked = await client.GetAsync("/?lang=zh-CN");
        client.DefaultRequestHeaders.Add("Cookie", asked.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);

        (await client.GetStringAsync("/drills")).Should().Contain("lang=\"zh-CN\">");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/drills")]
    [InlineData("/drills/7")]
    [InlineData("/systems/ledger")]
    public async Task Page_WithHostileNames_EscapesThem(string path)
    {
        await using var server = await RunningServer.StartAsync(
            estate: Samples.Estate(title: Hostile) with { Name = Hostile },
            drills: drills =>
            {
                drills.Runs.Add(Samples.Run(outcome: "failed", reason: Hostile) with { Plan = Hostile, Failure = Hostile, Phase = Hostile, RequestedBy = Hostile });
                drills.Items.Add(new PendingItem(7, Hostile, Hostile, Hostile, Hostile, Samples.Start, null, [Hostile]));
            });
        server.Statuses.Systems.Clear();
        server.Statuses.Systems.Add(Samples.Status(title: Hostile) with { Department = Hostile, Reason = Hostile });
        using var client = server.Operator();

        var page = await client.GetStringAsync(path + "?lang=en");

        page.Should().NotContain("<img").And.Contain("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/drills/7")]
    [InlineData("/sign-in")]
    public async Task Page_Always_AllowsNothingFromElsewhereAndNothingInline(string path)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        using var client = server.Operator();

        using var response = await client.GetAsync(path);
        var page = await response.Content.ReadAsStringAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        var nonce = NonceInPolicy().Match(policy).Groups[1].Value;
        policy.Should().StartWith("default-src 'none';").And.NotContain("unsafe");
        Tags().Matches(page).Select(tag => tag.Value).Should().OnlyContain(tag => tag.Contains($"nonce=\"{nonce}\"")).And.NotBeEmpty();
        page.Should().NotMatchRegex("(src|href|action)=\"(https?:|//)").And.NotContain(" style=").And.NotMatchRegex(" on[a-z]+=");
    }

    [Fact]
    public async Task Systems_OutsideTheLab_HasNoLabBanner()
    {
        await using var server = await RunningServer.StartAsync(estate: Samples.Estate(sandbox: false));
        server.Statuses.Systems.Clear();
        using var client = server.Operator();

        var page = await client.GetStringAsync("/?lang=en");

        page.Should().NotContain("Lab, satisfies").And.Contain("The estate has no systems.");
    }

    [Fact]
    public async Task Systems_WithSomethingWaiting_SaysWhatAndHowToAnswer()
    {
        await using var server = await RunningServer.StartAsync(drills: drills =>
        {
            drills.Runs.Add(Samples.Run(outcome: "waiting"));
            drills.Items.Add(new PendingItem(7, "approval", "run-approval", "approver", "May run 7 go on?", Samples.Start, Samples.Start.AddMinutes(10), ["promote"]));
        });
        using var client = server.Operator();

        var page = await client.GetStringAsync("/?lang=zh-CN");

        page.Should().Contain("待办").And.Contain("审批").And.Contain("May run 7 go on?").And.Contain("dro drill approve 7 run-approval").And.Contain("不可回退点：<span translate=\"no\">promote</span>");
    }

    [Fact]
    public async Task Jobs_ForAViewer_CanBeLookedAtAndNotTouched()
    {
        await using var server = await RunningServer.StartAsync();
        await server.EnginesRunning();
        using var client = server.Client(Samples.ViewerToken);

        using var looked = await client.GetAsync("/jobs/servers");
        using var touched = await client.PostAsync("/jobs/jobs/enqueued/delete", new FormUrlEncodedContent([new("jobs[]", "1")]));

        looked.StatusCode.Should().Be(HttpStatusCode.OK);
        (await looked.Content.ReadAsStringAsync()).Should().Contain("drills");
        touched.IsSuccessStatusCode.Should().BeFalse();
    }

    private static Task Append(RunningServer server) => ((Evidence.IEvidenceLog)server.App.Services.GetService(typeof(Evidence.IEvidenceLog))!).AppendAsync(
        new Evidence.EvidenceDraft("run.opened", "rita", 1, "ledger", new System.Text.Json.Nodes.JsonObject { ["plan"] = "p" }),
        CancellationToken.None);

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex NonceInPolicy();

    [GeneratedRegex("<(script|style)[^>]*>")]
    private static partial Regex Tags();
}
