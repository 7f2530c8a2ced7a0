using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Kubernetes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Tests.Control;

public sealed class ControlTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, SiteFaults> _sites;
    private readonly RequestRecord _record;
    private readonly Flood _flood = new(port: 9, TimeProvider.System);
    private readonly BearerToken _token;
    private LoopbackServer? _server;

    public ControlTests()
    {
        _sites = new() { ["primary"] = new SiteFaults(_folder.Under("primary.json")), ["dr"] = new SiteFaults(_folder.Under("dr.json")) };
        _record = new RequestRecord(_folder.Under("requests.jsonl"), TimeProvider.System);
        _token = BearerToken.ReadOrCreate(_folder.Under("faults.token"));
    }

    private string FaultsFile => _folder.Under("faults.json");

    [Fact]
    public async Task PutFault_OfASite_IsAppliedThereAndKept()
    {
        using Tests.Wire control = await StartAsync();

        (int status, JsonObject body, _) = await control.SendAsync("PUT", "/faults/kill-ledger", """{"site":"primary","active":true}""");

        status.Should().Be(200);
        body.ToJsonString().Should().Be("""{"faults":[{"name":"kill-ledger","site":"primary","active":true,"value":null}]}""");
        _sites["primary"].KillLedger.Should().BeTrue();
        _sites["dr"].KillLedger.Should().BeFalse();
        (await control.GetAsync("/faults")).ToJsonString().Should().Be(body.ToJsonString());

        await control.SendAsync("PUT", "/faults/kill-ledger", """{"site":"primary","active":false}""");
        _sites["primary"].KillLedger.Should().BeFalse();
        (await control.GetAsync("/faults")).ToJsonString().Should().Be("""{"faults":[]}""");
    }

    [Fact]
    public async Task GetFault_OfASite_AnswersAlsoWhileItIsNotSet()
    {
        using Tests.Wire control = await StartAsync();

        (await control.GetAsync("/faults/replication-delay?site=dr")).ToJsonString().Should().Be("""{"name":"replication-delay","site":"dr","active":false,"value":null}""");
        await control.SendAsync("PUT", "/faults/replication-delay", """{"site":"dr","active":true,"value":2000}""");

        (await control.GetAsync("/faults/replication-delay?site=dr")).ToJsonString().Should().Be("""{"name":"replication-delay","site":"dr","active":true,"value":2000}""");
        (await control.GetAsync("/faults/replication-delay?site=primary")).ToJsonString().Should().Be("""{"name":"replication-delay","site":"primary","active":false,"value":null}""");
        (await control.SendAsync("GET", "/faults/meteor?site=dr", null)).Status.Should().Be(404);
        (await control.SendAsync("GET", "/faults/kill-ledger", null)).Status.Should().Be(404);
    }

    [Fact]
    public async Task PutFault_OfEachKind_ReachesWhatItIsAbout()
    {
        using Tests.Wire control = await StartAsync();

        await control.SendAsync("PUT", "/faults/ignore-sigterm", """{"site":"dr","active":true}""");
        await control.SendAsync("PUT", "/faults/node-not-ready", """{"site":"dr","active":true}""");
        await control.SendAsync("PUT", "/faults/replication-stalled", """{"site":"dr","active":true}""");
        await control.SendAsync("PUT", "/faults/replication-delay", """{"site":"primary","active":true,"value":2000}""");
        await control.SendAsync("PUT", "/faults/application-delay", """{"site":"dr","active":true,"value":3000}""");

        _sites["dr"].IgnoreSigterm.Should().BeTrue();
        _sites["dr"].NodeNotReady.Should().BeTrue();
        LabFaults faults = LabFaults.Read(FaultsFile);
        faults.ReplicationIsStalled.Should().BeTrue();
        faults.DelayOfReplication.Should().Be(TimeSpan.FromSeconds(2));
        faults.DelayOfApplication("dr").Should().Be(TimeSpan.FromSeconds(3));
        faults.DelayOfApplication("primary").Should().BeNull();
    }

    [Theory]
    [InlineData("meteor", """{"site":"primary","active":true}""", "there is no fault 'meteor'; there are kill-ledger, replication-stalled, replication-delay, application-delay, ignore-sigterm, node-not-ready, flood")]
    [InlineData("kill-ledger", """{"site":"moon","active":true}""", "site must be one of primary, dr")]
    [InlineData("kill-ledger", """{"site":"primary"}""", "active must be true or false")]
    [InlineData("replication-delay", """{"site":"primary","active":true}""", "replication-delay needs a value, 0 to 600000 milliseconds")]
    [InlineData("replication-delay", """{"site":"primary","active":true,"value":-1}""", "replication-delay needs a value, 0 to 600000 milliseconds")]
    public async Task PutFault_Bad_IsRefusedWithTheReason(string name, string body, string reason)
    {
        using Tests.Wire control = await StartAsync();

        (int status, JsonObject answer, _) = await control.SendAsync("PUT", "/faults/" + name, body);

        status.Should().Be(400);
        ((string)answer["reason"]!).Should().Be(reason);
        File.Exists(FaultsFile).Should().BeFalse();
    }

    [Fact]
    public async Task Control_WithoutTheToken_TellsNothing()
    {
        using Tests.Wire control = await StartAsync("dro_wrong");

        (await control.SendAsync("GET", "/requests")).Status.Should().Be(401);
        (await control.SendAsync("PUT", "/faults/kill-ledger", """{"site":"primary","active":true}""")).Status.Should().Be(401);
        _sites["primary"].KillLedger.Should().BeFalse();
    }

    [Fact]
    public async Task Requests_AfterANumber_AreThoseThatFollowIt()
    {
        using Tests.Wire control = await StartAsync();
        await control.SendAsync("PUT", "/faults/kill-ledger", """{"site":"primary","active":true}""");
        _record.Record(new RequestEntry(DateTimeOffset.UnixEpoch, "dr", "PATCH", "/apis/x", "agent", 409, "00", "line\nfeed"));

        JsonArray all = (await control.GetAsync("/requests"))["requests"]!.AsArray();
        JsonArray later = (await control.GetAsync("/requests?after=1"))["requests"]!.AsArray();

        all.Should().HaveCount(2);
        ((string)all[0]!["path"]!).Should().Be("/faults/kill-ledger");
        later.Should().ContainSingle().Which!.ToJsonString().Should().Be(
            """{"number":2,"at":"1970-01-01T00:00:00.000000Z","site":"dr","method":"PATCH","path":"/apis/x","userAgent":"agent","status":409,"bodySha256":"00","body":"line\nfeed"}""");
    }

    [Fact]
    public void Record_FromManyWriters_KeepsEveryLineWhole()
    {
        using var other = new RequestRecord(_folder.Under("requests.jsonl"), TimeProvider.System);
        RequestRecord[] writers = [_record, other];

        Parallel.For(0, 400, i => writers[i % 2].Record(
            new RequestEntry(DateTimeOffset.UnixEpoch, "dr", "POST", $"/{i}", "agent", 200, "00", new string('x', 3000))));

        _record.ReadAfter(0).Select(r => (string)r!["path"]!).Should().BeEquivalentTo(Enumerable.Range(0, 400).Select(i => $"/{i}"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _flood.DisposeAsync();
        _record.Dispose();
        _folder.Dispose();
    }

    private async Task<Tests.Wire> StartAsync(string? token = null)
    {
        var endpoints = new ControlEndpoints(FaultsFile, _sites, LabFaults.Names, _token, _record, _flood);
        _server = await LoopbackServer.StartAsync(0, endpoints.HandleAsync, TimeProvider.System, CancellationToken.None);
        return new Tests.Wire(_server.Url, token ?? _token.Text);
    }
}
