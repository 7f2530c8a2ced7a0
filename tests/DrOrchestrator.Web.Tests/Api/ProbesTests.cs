using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class ProbesTests
{
    [Fact]
    public async Task Probes_List_HasDefinitionAndStateWithoutQueryOrHeader()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Samples.ViewerToken);

        var text = await client.GetStringAsync("/api/v1/probes");

        var probe = JsonNode.Parse(text)!.AsArray().Should().ContainSingle().Subject!;
        probe["name"]!.GetValue<string>().Should().Be("ledger-posting");
        probe["kind"]!.GetValue<string>().Should().Be("http");
        probe["role"]!.GetValue<string>().Should().Be("service");
        probe["target"]!.GetValue<string>().Should().Be("GET http://127.0.0.1:1/entries");
        probe["interval"]!.GetValue<double>().Should().Be(3600);
        text.Should().NotContain("q-secret").And.NotContain("h-secret");
    }

    [Fact]
    public async Task Probe_AfterAFailure_TellsItsStory()
    {
        await using var server = await StartAsync();
        server.App.Services.GetRequiredService<ProbeStories>().Take(Failed(0));
        server.App.Services.GetRequiredService<ProbeStories>().Take(Failed(1));
        using var client = server.Client(Samples.ViewerToken);

        var failure = JsonNode.Parse(await client.GetStringAsync("/api/v1/probes/ledger-posting"))!["failures"]!.AsArray().Should().ContainSingle().Subject!;

        failure["count"]!.GetValue<int>().Should().Be(2);
        failure["first"]!["outcome"]!.GetValue<string>().Should().Be("down");
        failure["first"]!["phases"]!["connect"]!.GetValue<double>().Should().Be(0.002);
        failure["first"]!["phases"]!["tls"].Should().BeNull();
        failure["notes"]!.AsArray().Select(note => $"{note!["at"]} {note["text"]}").Should().Equal("0.002 connected to 127.0.0.1:1", "0.003 answered HTTP 503 over HTTP/1.1");
    }

    [Fact]
    public async Task Probe_NotInTheEstate_Is404()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Samples.ViewerToken);

        var answer = await client.GetAsync("/api/v1/probes/nope");

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>().Should().Be("The estate has no probe 'nope'; it has: ledger-posting.");
    }

    [Theory]
    [InlineData("en", "Story of the last failures", "connected to 127.0.0.1:1")]
    [InlineData("zh-CN", "最近的失败经过", "已连接", "以 HTTP/1.1 答复 HTTP 503")]
    public async Task SystemPage_AfterAFailure_ShowsTheStoryInTheReadersLanguage(string language, params string[] shown)
    {
        await using var server = await StartAsync();
        server.App.Services.GetRequiredService<ProbeStories>().Take(Failed(0));
        using var client = server.Operator();

        var page = WebUtility.HtmlDecode(await client.GetStringAsync($"/systems/ledger?lang={language}"));

        page.Should().ContainAll(shown);
    }

    private static ProbeResult Failed(int second) => new(
        "ledger-posting", ProbeOutcome.Down, Samples.Start.AddSeconds(second), Samples.Start.AddSeconds(second + 0.004), "HTTP 503 (expected 200)")
    {
        Phases = new ProbePhases(null, TimeSpan.FromMilliseconds(2), null, TimeSpan.FromMilliseconds(1), null),
        Notes = [new(TimeSpan.FromMilliseconds(2), "connected to 127.0.0.1:1"), new(TimeSpan.FromMilliseconds(3), "answered HTTP 503 over HTTP/1.1")],
    };

    private static Task<RunningServer> StartAsync()
    {
        var settings = new HttpProbeSettings(
            new Uri("http://127.0.0.1:1/entries?key=q-secret"), "GET", new Dictionary<string, string> { ["X-Key"] = "h-secret" }, null, [200], null, FreshConnection: false);
        var probe = new ProbeDefinition("ledger-posting", "ledger", null, ProbeRole.Service, "posting", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), 2, settings);
        return RunningServer.StartAsync(estate: Samples.Estate() with { Probes = [probe] });
    }
}
