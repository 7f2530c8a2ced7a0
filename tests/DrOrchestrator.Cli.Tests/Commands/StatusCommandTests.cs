using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Cli.Tests.Client;

namespace DrOrchestrator.Cli.Tests.Commands;

public class StatusCommandTests
{
    [Fact]
    public async Task Status_AsText_IsCalmAndAligned()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /status", Samples.Status);

        var ran = await Shell.RunAsync("status", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Be(
            """
            lab, satisfies no clause

            ledger  Core ledger  tier 4
            up since 2026-11-22 08:00:00Z: HTTP 201

              rto           met            3.2 s; limit 4 h
              availability  indeterminate  0% to 100%; limit 99.9%
                                           observed 1 minute of the year
              lab, satisfies no clause

              SITE     ROLE     STATE  LATENCY  REASON
              primary  serving  up     4 ms     HTTP 201
              dr       standby  up     unknown  connected

              exposure      dr: 0.5 s, protected
              availability  99.999% (0.000% to 100.000%)
              coverage      0.002%
              last drill    run 1 quickstart-failover: passed

            """);
        ran.Out.Split('\n').Should().OnlyContain(line => line.Length <= 80);
        server.Requests.Should().Equal("GET /status Bearer operators-token");
    }

    [Fact]
    public async Task Status_InChinese_UsesTheGlossary()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /status", Samples.Status);

        var ran = await Shell.RunAsync("status", "--data", server.DataFolder, "--lang", "zh-CN");

        ran.Out.Should().Contain("ledger  核心账务  等级 4").And.Contain("当前数据丢失敞口  dr: 0.5 s, 受保护").And.Contain("无法判定").And.MatchRegex("灾备 +正常服务 +未知");
    }

    [Theory]
    [InlineData("en", 0.4, 1.2, "dr: lost if promoted now: 0.4 s to 1.2 s, not-protected", "unknown (0.000% to 100.000%)")]
    [InlineData("en", 0.4, null, "dr: lost if promoted now: 0.4 s or more, not-protected", "unknown (0.000% to 100.000%)")]
    [InlineData("zh-CN", 0.4, 1.2, "dr: 若现在切换将丢失：0.4 s 至 1.2 s, 未受保护", "未知 (0.000% 至 100.000%)")]
    [InlineData("zh-CN", 0.4, null, "dr: 若现在切换将丢失：至少 0.4 s，上限不明, 未受保护", "未知 (0.000% 至 100.000%)")]
    [InlineData("zh-CN", null, null, "dr: 未知, 未受保护", "未知 (0.000% 至 100.000%)")]
    public async Task Status_FiguresThatAreNotKnown_AreInTheLanguageAskedFor(string language, double? lowest, double? highest, string exposure, string availability)
    {
        var status = JsonNode.Parse(Samples.Status)!;
        var system = status["systems"]![0]!;
        var shown = system["exposures"]![0]!;
        (shown["value"], shown["lowest"], shown["highest"], shown["replication"]) = (null, lowest, highest, "not-protected");
        system["availability"]!["percent"] = null;
        await using var server = (await FakeServer.StartAsync()).On("GET /status", status.ToJsonString());

        var ran = await Shell.RunAsync("status", "--data", server.DataFolder, "--lang", language);

        ran.Out.Should().Contain(exposure).And.Contain(availability);
    }

    [Fact]
    public void Words_OfWindows_AreThoseOfThePages()
    {
        var (status, availability) = (StatusWords.Of("zh-CN"), AvailabilityWords.Of("zh-CN"));

        foreach (var (window, chinese) in new[] { ("7-days", "最近 7 天"), ("30-days", "最近 30 天"), ("rolling-365-days", "最近 365 天") })
        {
            (status[window], availability[window]).Should().Be((chinese, chinese));
        }
    }

    [Theory]
    [InlineData("en", "! the database is away: since 2026-11-22 08:00:00Z; runs, assessments and alerts\n  as of 2026-11-22 07:59:57Z\n\nledger  Core ledger")]
    [InlineData("zh-CN", "! 数据库不可用: 自 2026-11-22 08:00:00Z; 演练、变更评估和告警的读取时间")]
    public async Task Status_DatabaseOfTheServerAway_SaysSoFirst(string language, string text)
    {
        var status = JsonNode.Parse(Samples.Status)!;
        status["databaseAway"] = new JsonObject { ["since"] = "2026-11-22T08:00:00Z", ["asOf"] = "2026-11-22T07:59:57Z", ["note"] = "..." };
        await using var server = (await FakeServer.StartAsync()).On("GET /status", status.ToJsonString());

        var ran = await Shell.RunAsync("status", "--data", server.DataFolder, "--lang", language);

        ran.Out.Should().Contain(text);
    }

    [Theory]
    [InlineData("en", "vantage points\n  VANTAGE POINT  STATE                  LAST HEARD            CONTROL TARGETS\n  dc-a           decides                -                     2\n  dc-b           votes                  2026-11-22 08:00:00Z  0\n  dc-c           does not vote: silent  -                     1\n")]
    [InlineData("zh-CN", "探测点\n")]
    public async Task Status_VantagePoints_AreListedWithWhoDecidesAndWhoVotes(string language, string text)
    {
        var status = JsonNode.Parse(Samples.Status)!;
        status["vantagePoints"] = JsonNode.Parse("""
            [
              {"name":"dc-a","decides":true,"votes":true,"heardAt":null,"controls":2,"why":null},
              {"name":"dc-b","decides":false,"votes":true,"heardAt":"2026-11-22T08:00:00Z","controls":0,"why":null},
              {"name":"dc-c","decides":false,"votes":false,"heardAt":null,"controls":1,"why":"silent"}
            ]
            """);
        await using var server = (await FakeServer.StartAsync()).On("GET /status", status.ToJsonString());

        var ran = await Shell.RunAsync("status", "--data", server.DataFolder, "--lang", language);

        ran.Out.Should().Contain(text).And.MatchRegex(language == "en" ? "does not vote: silent" : "不参与表决: 已停止上报");
    }

    [Fact]
    public async Task Status_AsJson_IsTheServersDocumentAndNothingElse()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /status", Samples.Status);
        using var folder = new TestFolder();

        var ran = await Shell.RunAsync("status", "--server", server.Url.ToString(), "--token-file", folder.File("mine", "my-token"), "--output", "json");

        JsonNode.DeepEquals(JsonNode.Parse(ran.Out), JsonNode.Parse(Samples.Status)).Should().BeTrue();
        ran.Error.Should().BeEmpty();
        server.Requests.Should().Equal("GET /status Bearer my-token");
    }

    [Fact]
    public async Task Status_FolderOfAQuickstart_LeadsToItsServer()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /status", Samples.Status);
        using var folder = new TestFolder();
        folder.File("server/server.json", File.ReadAllText(Path.Combine(server.DataFolder, "server.json")));
        folder.File("server/operator.token", "operators-token");

        (await Shell.RunAsync("status", "--data", folder.Path)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Status_UnknownToken_SaysWhatToDo()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /status", """{"code":"unknown-token","detail":"no such token"}""", 401, "application/problem+json");

        var ran = await Shell.RunAsync("status", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Error.Should().Be("dro: The server does not know this token (no such token). Give --token-file FILE with a valid token.\n");
    }
}
