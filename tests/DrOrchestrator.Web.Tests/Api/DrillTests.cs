using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class DrillTests
{
    private const string Good = """{"plan":"quickstart-failover","mode":"live","reason":"yearly"}""";

    [Fact]
    public async Task Start_ByTheOperator_IsCreatedInTheirName()
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json(Good));

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        response.Headers.Location!.ToString().Should().Be("/api/v1/drills/7");
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["outcome"]!.GetValue<string>().Should().Be("open");
        server.Drills.Requests.Should().ContainSingle().Which.Requester.Id.Should().Be("operator");
    }

    [Theory]
    [InlineData("system-locked", 409)]
    [InlineData("plan-not-found", 422)]
    [InlineData("mode-not-offered", 422)]
    [InlineData("not-allowed", 403)]
    public async Task Start_Refused_CarriesTheEnginesWords(string code, int status)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.OnStart = _ => new StartResult.Refused(code, "run 3 of rita holds ledger"));
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json(Good));

        ((int)response.StatusCode).Should().Be(status);
        (await response.Problem()).Should().BeEquivalentTo(new { Code = code, Detail = "run 3 of rita holds ledger", Status = status });
    }

    [Fact]
    public async Task Start_QueueTakesNothing_SaysThatTheRunIsOnRecord()
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.OnStart = _ => new StartResult.Started(7) { IsQueued = false });
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json(Good));

        ((int)response.StatusCode).Should().Be(503);
        (await response.Problem()).Should().BeEquivalentTo(new
        {
            Code = "started-not-queued",
            Detail = "Run 7 is on record; the queue of the workers did not take it. It is carried once the queue is back: do not start it again.",
        });
    }

    [Fact]
    public async Task Start_DatabaseGoneBehindIt_NeverSaysThatNothingWasWritten()
    {
        await using var server = await RunningServer.StartAsync(drills: drills => (drills.OnStart, drills.OnShow) = (_ => new StartResult.Started(7), new DrOrchestrator.Storage.DatabaseAwayException("away")));
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json(Good));

        ((int)response.StatusCode).Should().Be(503);
        (await response.Problem()).Should().BeEquivalentTo(new
        {
            Code = "started-database-away",
            Detail = "Run 7 is on record; the database went away then. It is carried once the database is back: do not start it again.",
        });
    }

    [Theory]
    [InlineData("""{"plan":"p","mode":"live","reason":"r","actor":"rita"}""", 400, "bad-json")]
    [InlineData("""{"plan":"p","mode":"weekly","reason":"r"}""", 400, "bad-json")]
    [InlineData("""{"plan":"p","mode":2,"reason":"r"}""", 400, "bad-json")]
    [InlineData("""{"plan":"p","mode":"live"}""", 400, "bad-json")]
    [InlineData("""{"plan":null,"mode":"live","reason":"r"}""", 400, "bad-json")]
    [InlineData("""{"plan":""", 400, "bad-json")]
    [InlineData("", 400, "bad-request")]
    [InlineData("""{"plan":"p","mode":"live","reason":" "}""", 422, "reason-missing")]
    public async Task Start_WithABadBody_IsRefused(string body, int status, string code)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json(body));

        ((int)response.StatusCode).Should().Be(status);
        (await response.Problem()).Code.Should().Be(code);
        server.Drills.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Start_WithAnUnknownKey_NamesIt()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json("""{"plan":"p","mode":"live","reason":"r","actor":"rita"}"""));

        (await response.Problem()).Detail.Should().Contain("'actor'");
    }

    [Fact]
    public async Task Start_WithABodyOverTheLimit_IsRefusedBySize()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", Answers.Json($$"""{"plan":"{{new string('p', 70_000)}}","mode":"live","reason":"r"}"""));

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await response.Problem()).Should().BeEquivalentTo(new { Code = "body-too-large", Detail = "The body is over 64 KiB." });
    }

    [Fact]
    public async Task Start_WithoutJson_IsRefusedByType()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/drills", new StringContent(Good));

        response.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
        (await response.Problem()).Code.Should().Be("not-json");
    }

    [Theory]
    [InlineData("accepted", 200)]
    [InlineData("no-such-item", 404)]
    [InlineData("own-run", 403)]
    [InlineData("role-missing", 403)]
    [InlineData("already-answered", 409)]
    [InlineData("too-late", 409)]
    public async Task Answer_AsTheEngineJudges_HasItsStatus(string code, int status)
    {
        await using var server = await RunningServer.StartAsync(drills: drills =>
        {
            drills.Runs.Add(Samples.Run(outcome: "waiting"));
            drills.OnAnswer = item => new AnswerResult(code == "accepted", code, $"about {item}");
        });
        using var client = server.Client(Samples.ApproverToken);

        using var response = await client.PostAsync("/api/v1/drills/7/answers/run-approval", Answers.Json("""{"confirmed":true,"note":"go"}"""));

        ((int)response.StatusCode).Should().Be(status);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        answer["code"]!.GetValue<string>().Should().Be(code);
        answer["detail"]!.GetValue<string>().Should().Be("about run-approval");
    }

    [Fact]
    public async Task Pending_ForTheCaller_ListsOnlyTheirs()
    {
        await using var server = await RunningServer.StartAsync(drills: drills =>
            drills.Items.Add(new PendingItem(7, "approval", "run-approval", "approver", "May run 7 go on?", Samples.Start, Samples.Start.AddMinutes(10), ["promote"])));
        using var approver = server.Client(Samples.ApproverToken);
        using var viewer = server.Client(Samples.ViewerToken);

        JsonNode.Parse(await approver.GetStringAsync("/api/v1/pending"))!.AsArray().Should().ContainSingle();
        JsonNode.Parse(await viewer.GetStringAsync("/api/v1/pending"))!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task Me_ForAToken_SaysWhoItIs()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        (await client.GetStringAsync("/api/v1/me")).Should().Be(
            """{"id":"operator","name":"Local operator","department":"","roles":["operator","viewer"],"simulated":false}""");
    }

    [Fact]
    public async Task Diff_OfTwoRuns_IsInTheApiAndOnAPage()
    {
        await using var server = await RunningServer.StartAsync(drills: drills =>
        {
            drills.Runs.Add(Samples.Run(8) with { PlanHash = new string('c', 64), Forecast = new RunForecast(20, 30, 5, ["promote"], null), ForecastErrorSeconds = -2.7 });
            drills.Runs.Add(Samples.Run(7));
        });
        using var client = server.Operator();

        var diff = await client.GetFromJsonNodeAsync("/api/v1/drills/7/diff/8");
        var english = await client.GetStringAsync("/drills/7/diff/8?lang=en");
        var chinese = await client.GetStringAsync("/drills/7/diff/8?lang=zh-CN");

        ((bool)diff["samePlan"]!).Should().BeFalse();
        ((double)diff["b"]!["forecastErrorSeconds"]!).Should().Be(-2.7);
        diff["steps"]![0]!["marks"]!.ToJsonString().Should().Be("""["changed"]""");
        diff["steps"]![0]!["changes"]!.ToJsonString().Should().Be("""[{"what":"timeout","was":"30s","is":"1.5m"}]""");
        ((string)diff["phases"]![0]!["phase"]!).Should().Be("detected");
        english.Should().ContainAll("Compare runs #7", "changed", "timeout: 30s", "Forecast error", "-2.7 s");
        chinese.Should().ContainAll("运行对比 #7", "预案内容有变", "预计误差", "-2.7 秒", "两次运行的预案内容不同");
        (await client.GetStringAsync("/drills/8?lang=en")).Should().ContainAll("Compare with the run before", "/drills/7/diff/8", "p50 20 s, p95 30 s");
    }

    [Theory]
    [InlineData("/api/v1/drills/99/diff/7", "There is no run 99.")]
    [InlineData("/api/v1/drills/7/diff/98", "There is no run 98.")]
    [InlineData("/drills/7/diff/98", "There is no run 98.")]
    public async Task Diff_WithARunThatIsNotThere_NamesIt(string path, string detail)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run()));
        using var client = server.Operator();

        using var response = await client.GetAsync(path);

        (await response.Problem()).Detail.Should().Be(detail);
    }

    [Fact]
    public async Task Progress_OfAnOpenRun_CountsStepsAndNamesTheClockAndWhoIsWaitedFor()
    {
        await using var server = await RunningServer.StartAsync(drills: drills =>
        {
            var run = Samples.Run(outcome: "waiting") with { Forecast = new RunForecast(40, 90, 5, [], null) };
            drills.Runs.Add(run with { Steps = [.. run.Steps.Select((step, i) => step with { State = i < 2 ? "done" : i == 2 ? "running" : "pending" })] });
            drills.Items.Add(new PendingItem(7, "approval", "run-approval", "approver", "?", Samples.Start, Samples.Start.AddMinutes(10), []));
            drills.Items.Add(new PendingItem(8, "approval", "other", "approver", "?", Samples.Start, null, []));
        });
        var running = new RunningRecovery(Samples.Start, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(11), TimeSpan.FromHours(4), Samples.Start.AddHours(4), 7, Samples.Start.AddSeconds(40), TimeSpan.FromSeconds(40), false);
        server.Statuses.Systems[0] = server.Statuses.Systems[0] with { Recovery = RecoveryStatus.None with { Running = running } };
        using var client = server.Operator();

        var progress = await client.GetFromJsonNodeAsync("/api/v1/drills/7/progress");

        ((int)progress["done"]!, (int)progress["total"]!).Should().Be((2, 6));
        progress["running"]!.ToJsonString().Should().Be("""["start-api"]""");
        Same(progress["clocks"], """[{"system":"ledger","elapsed":12,"limit":14400,"limitAt":"2026-11-22T12:00:00+00:00","projectedEnd":"2026-11-22T08:00:40+00:00","exceeds":false}]""");
        Same(progress["waitsFor"], """[{"kind":"approval","item":"run-approval","role":"approver","people":["anna"],"deadline":"2026-11-22T08:10:00+00:00"}]""");
        ((double)progress["expectedSeconds"]!).Should().Be(40);
    }

    [Fact]
    public async Task Progress_OfARunThatIsNotThere_SaysSo()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        using var response = await client.GetAsync("/api/v1/drills/9/progress");

        (await response.Problem()).Code.Should().Be("no-such-run");
    }

    private static void Same(JsonNode? found, string expected) => JsonNode.Parse(found!.ToJsonString())!.ToJsonString().Should().Be(JsonNode.Parse(expected)!.ToJsonString());
}
