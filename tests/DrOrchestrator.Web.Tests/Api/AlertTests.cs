using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class AlertTests
{
    private static readonly AlertCondition Down = new(AlertKinds.Interruption, "ledger", "", "service interruption: HTTP 503");

    [Fact]
    public async Task Get_Alerts_ShowsWhatHoldsAndWhatWas()
    {
        await using var server = await RunningServer.StartAsync();
        var alerts = server.App.Services.GetRequiredService<IAlerts>();
        var opened = await alerts.RecordAsync([Down, Down with { Kind = AlertKinds.Verdict, Subject = "rto" }], [], Samples.Start, default);
        await alerts.RecordAsync([], [opened[1] with { ClearedAt = Samples.Start.AddSeconds(9) }], Samples.Start.AddSeconds(9), default);
        using var client = server.Client(Samples.ViewerToken);

        var document = (await client.GetFromJsonAsync<JsonNode>("/api/v1/alerts"))!;
        var status = (await client.GetFromJsonAsync<JsonNode>("/api/v1/status"))!;
        var page = await client.GetStringAsync("/?lang=en");
        var metrics = await client.GetStringAsync("/metrics");

        document["open"]!.AsArray().Should().ContainSingle().Which!["text"]!.GetValue<string>().Should().Be(Down.Text);
        document["recent"]!.AsArray().Select(alert => alert!["id"]!.GetValue<long>()).Should().Equal(2, 1);
        status["systems"]![0]!["alerts"]!.AsArray().Should().ContainSingle();
        page.Should().Contain("service interruption: HTTP 503");
        metrics.Should().Contain("dro_alert{system=\"ledger\",kind=\"interruption\",subject=\"\",severity=\"critical\"} 1");
        (await client.GetAsync("/api/v1/alerts?limit=0")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Events_OfAlerts_TellEachRaisedAndCleared()
    {
        await using var server = await RunningServer.StartAsync();
        var (alerts, feed) = (server.App.Services.GetRequiredService<IAlerts>(), server.App.Services.GetRequiredService<AlertFeed>());
        var first = await alerts.RecordAsync([Down], [], Samples.Start, default);
        using var client = server.Client(Samples.ViewerToken);
        using var stream = new StreamReader(await client.GetStreamAsync("/api/v1/alerts/events"));

        (await NextAsync(stream)).Should().Be(("raised", 1));
        await alerts.RecordAsync([Down with { Subject = "x" }], [first[0] with { ClearedAt = Samples.Start.AddSeconds(1) }], Samples.Start, default);
        feed.Pulse();

        (await NextAsync(stream)).Should().Be(("cleared", 1));
        (await NextAsync(stream)).Should().Be(("raised", 2));
    }

    [Fact]
    public async Task Assess_AChange_TakesTwoPeopleByTheirOwnTokens()
    {
        await using var server = await RunningServer.StartAsync();
        var age = new RecordAge(false, [new FingerprintChange("image/dr/x", "api:1", "api:2", false, Samples.Start)], Samples.Start, "changed");
        server.Statuses.Systems[0] = Samples.Status() with { Recovery = new RecoveryStatus([new(7, "p", "failover", "sandbox", Samples.Start, 1, false, null, null, age)], [], null) };
        using var first = server.Operator();
        using var second = server.Client(Samples.ApproverToken);

        using var empty = await first.PostAsync("/api/v1/systems/ledger/assessments", Answers.Json("""{"unaffected":true,"reason":" "}"""));
        using var made = await first.PostAsync("/api/v1/systems/ledger/assessments", Answers.Json("""{"unaffected":true,"reason":"patch release, tested"}"""));
        using var own = await first.PostAsync("/api/v1/assessments/1/confirm", Answers.Json("{}"));
        using var confirmed = await second.PostAsync("/api/v1/assessments/1/confirm", Answers.Json("{}"));
        using var viewer = await server.Client(Samples.ViewerToken).PostAsync("/api/v1/assessments/1/confirm", Answers.Json("{}"));
        using var none = await first.PostAsync("/api/v1/systems/ledger/assessments", Answers.Json("""{"unaffected":true,"reason":"x","part":"plan"}"""));

        (await empty.Problem()).Code.Should().Be("reason-missing");
        made.StatusCode.Should().Be(HttpStatusCode.OK);
        (await own.Problem()).Code.Should().Be("role-missing", "who asked for it is no approver");
        JsonNode.Parse(await confirmed.Content.ReadAsStringAsync())!["confirmedBy"]!.GetValue<string>().Should().Be("anna");
        (await viewer.Problem()).Code.Should().Be("role-missing");
        (await none.Problem()).Code.Should().Be("nothing-to-assess");
    }

    private static async Task<(string Kind, long Id)> NextAsync(StreamReader stream)
    {
        var kind = "";
        while (await stream.ReadLineAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System).Token) is { } line)
        {
            kind = line.StartsWith("event: ", StringComparison.Ordinal) ? line["event: ".Length..] : kind;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (kind, JsonNode.Parse(line["data: ".Length..])!["id"]!.GetValue<long>());
            }
        }

        return ("ended", 0);
    }
}
