using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.EstateFolder;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Tests.FrontDoor;

/// <summary>The front door as a real process, with sockets in the place of the sites' services.</summary>
public sealed class FrontDoorTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly LabSettings _lab;
    private readonly Tests.Wire _users;
    private readonly Tests.Wire _admin;
    private SandboxProcess _process;

    public FrontDoorTests()
    {
        _lab = LabSettings.ReadOrCreate(_folder.Path, TimeSpan.FromMilliseconds(500));
        EstateWriter.EnsureTokens(_lab);
        _users = new Tests.Wire(_lab.FrontDoorUrl);
        _admin = new Tests.Wire(_lab.AdminUrl, BearerToken.Read(_lab.AdminTokenFile).Text);
        _process = NewProcess();
    }

    [Fact]
    public async Task Post_WithNothingThere_IsRefused()
    {
        await ReadyAsync();

        (int status, JsonObject body, _) = await _users.AppendAsync("a");

        status.Should().Be(503);
        body.ToJsonString().Should().Be($$"""{"refused":true,"reason":"no connection to 127.0.0.1:{{_lab.Ports.ApiPrimary}}"}""");
    }

    [Theory]
    [InlineData("ClosesAfterTheRequest")]
    [InlineData("ClosesInTheMiddleOfTheAnswer")]
    public async Task Post_ThatBreaksAfterItWasSent_IsInDoubtAndSentOnce(string manner)
    {
        await ReadyAsync();
        using var site = new Upstream(_lab.Ports.ApiPrimary, Enum.Parse<UpstreamManner>(manner));

        (int status, JsonObject body, _) = await _users.AppendAsync("a");

        status.Should().Be(502);
        body["refused"].Should().BeNull();
        site.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Post_OverConnectionsThatAreResetAtOnce_IsInDoubtOrRefusedEachTime()
    {
        await ReadyAsync();
        using var site = new Upstream(_lab.Ports.ApiPrimary, UpstreamManner.ResetsAtOnce);

        for (int i = 0; i < 200; i++)
        {
            // Refused where the reset came before the connection was made: then nothing was sent on it.
            (int status, JsonObject body, _) = await _users.AppendAsync($"a-{i}");
            status.Should().BeOneOf([502, 503], body.ToJsonString());
        }
    }

    [Fact]
    public async Task Post_IsPassedOnWithTheRoutesEpoch_WhateverTheUserSays()
    {
        await ReadyAsync();
        using var site = new Upstream(_lab.Ports.ApiPrimary, UpstreamManner.Answers);

        (int status, _, _) = await _users.AppendAsync("a", epoch: "99");

        status.Should().Be(201);
        site.Requests.Single().Should().Contain("Ledger-Epoch: 1\r\n").And.NotContain("Ledger-Epoch: 99").And.StartWith("POST /ledger/entries HTTP/1.1");
    }

    [Fact]
    public async Task PutRoute_WithTheCurrentETag_MovesTraffic()
    {
        await ReadyAsync();
        using var dr = new Upstream(_lab.Ports.ApiDr, UpstreamManner.Answers);
        string etag = (await _admin.SendAsync("GET", "/route")).Headers.ETag!.ToString();

        (int status, JsonObject route, _) = await PutAsync("dr", 2, etag);

        status.Should().Be(200);
        route.ToJsonString().Should().Be("""{"site":"dr","epoch":2,"by":"run-1/move"}""");
        (await _users.AppendAsync("a")).Status.Should().Be(201);
        dr.Requests.Single().Should().Contain("Ledger-Epoch: 2\r\n");
    }

    [Fact]
    public async Task PutRoute_WhenAnotherWasFaster_ChangesNothing()
    {
        await ReadyAsync();
        string etag = (await _admin.SendAsync("GET", "/route")).Headers.ETag!.ToString();
        await PutAsync("dr", 2, etag);

        (int status, JsonObject body, _) = await PutAsync("primary", 3, etag);

        status.Should().Be(412);
        ((string)body["reason"]!).Should().Be("the route is \"2\" by now, set by run-1/move; read it again");
        ((string)(await _admin.GetAsync("/route"))["site"]!).Should().Be("dr");
    }

    [Theory]
    [InlineData("""{"site":"moon","epoch":2,"by":"x"}""", "\"1\"", 400)]
    [InlineData("""{"site":"dr","epoch":0,"by":"x"}""", "\"1\"", 400)]
    [InlineData("""{"site":"dr","epoch":2,"by":"x"}""", null, 428)]
    public async Task PutRoute_Bad_IsRefused(string body, string? etag, int expected)
    {
        await ReadyAsync();

        (int status, _, _) = await _admin.SendAsync("PUT", "/route", body, ifMatch: etag);

        status.Should().Be(expected);
        ((string)(await _admin.GetAsync("/route"))["site"]!).Should().Be("primary");
    }

    [Fact]
    public async Task Route_WithoutTheToken_IsNotShown()
    {
        await ReadyAsync();
        using var stranger = new Tests.Wire(_lab.AdminUrl, "dro_wrong");

        (await stranger.SendAsync("GET", "/route")).Status.Should().Be(401);
        (await stranger.SendAsync("PUT", "/route", """{"site":"dr","epoch":2,"by":"x"}""", ifMatch: "\"1\"")).Status.Should().Be(401);
    }

    [Fact]
    public async Task Restart_AfterAKill_KeepsTheRouteAndItsETag()
    {
        await ReadyAsync();
        await PutAsync("dr", 2, "\"1\"");
        _process.Kill();
        _process.Dispose();
        _process = NewProcess();
        await ReadyAsync();

        (_, JsonObject route, var headers) = await _admin.SendAsync("GET", "/route");

        route.ToJsonString().Should().Be("""{"site":"dr","epoch":2,"by":"run-1/move"}""");
        headers.ETag!.ToString().Should().Be("\"2\"");
    }

    [Fact]
    public async Task PutRoute_IsOnTheLabsRecord()
    {
        await ReadyAsync();
        await PutAsync("dr", 2, "\"1\"");
        await PutAsync("dr", 2, "\"1\"");

        JsonObject[] lines = [.. (await File.ReadAllLinesAsync(_lab.RequestsFile)).Select(l => JsonNode.Parse(l)!.AsObject())];

        lines.Select(l => (string)l["site"]! + " " + (string)l["method"]! + " " + (string)l["path"]! + " " + (int)l["status"]!)
            .Should().Equal("front-door PUT /route 200", "front-door PUT /route 412");
        ((string)lines[0]["body"]!).Should().Be("""{"site":"dr","epoch":2,"by":"run-1/move"}""");
    }

    [Fact]
    public async Task Shield_TurnsAwayWhoComesFromTheNetwork_AndWhoeverKeepsAPlaceThere()
    {
        await ReadyAsync();
        using var site = new Upstream(_lab.Ports.ApiPrimary, UpstreamManner.Answers);
        using Socket slow = await ConnectFromAsync("127.0.0.66");
        await slow.SendAsync("POST /ledger/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{"u8.ToArray());
        await Eventually.TrueAsync(async () => (long)(await _admin.GetAsync("/traffic"))["inside"]! == 1, "the slow request has a place");

        (int status, JsonObject shield, _) = await _admin.SendAsync("PUT", "/shield", """{"blocked":["127.0.0.64/26"],"by":"run-1/cut"}""", ifMatch: "\"1\"");

        status.Should().Be(200);
        shield.ToJsonString().Should().Be("""{"blocked":["127.0.0.64/26"],"by":"run-1/cut"}""");
        (await ReceiveAsync(slow)).Should().Be(0, "its place was taken from it");
        using Socket again = await ConnectFromAsync("127.0.0.66");
        await again.SendAsync("GET /ledger/entries HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        (await ReceiveAsync(again)).Should().Be(0, "nobody from there is served");
        (await _users.AppendAsync("a")).Status.Should().Be(201, "users come from elsewhere");

        // A user has the answer a moment before the place is free.
        await Eventually.TrueAsync(async () => (long)(await _admin.GetAsync("/traffic"))["inside"]! == 0, "nobody has a place");
        ((long)(await _admin.GetAsync("/traffic"))["shed"]!).Should().Be(2);
    }

    [Fact]
    public async Task Customer_WhoseTokenIsRevoked_IsRefusedAtOnce_UsersWithoutOneAreNot()
    {
        await ReadyAsync();
        using var site = new Upstream(_lab.Ports.ApiPrimary, UpstreamManner.Answers);
        using var partner = new Tests.Wire(_lab.FrontDoorUrl, BearerToken.Read(_lab.TokenFile("partner")).Text);
        using var stranger = new Tests.Wire(_lab.FrontDoorUrl, "dro_nobodys");
        (await partner.AppendAsync("a")).Status.Should().Be(201);
        (await stranger.AppendAsync("b")).Body.ToJsonString().Should().Be("""{"refused":true,"reason":"no customer has this token"}""");

        (int status, _, _) = await _admin.SendAsync("PUT", "/customers/partner", """{"revoked":true,"by":"run-1/revoke"}""", ifMatch: "\"1\"");

        status.Should().Be(200);
        (await partner.AppendAsync("c")).Body.ToJsonString().Should().Be("""{"refused":true,"reason":"the token was revoked by run-1/revoke"}""");
        (await _users.AppendAsync("d")).Status.Should().Be(201);
    }

    [Theory]
    [InlineData("/shield", """{"blocked":["everybody"],"by":"x"}""", "\"1\"", 400)]
    [InlineData("/shield", """{"blocked":[]}""", "\"1\"", 400)]
    [InlineData("/shield", """{"blocked":[],"by":"x"}""", null, 428)]
    [InlineData("/customers/partner", """{"revoked":"yes","by":"x"}""", "\"1\"", 400)]
    [InlineData("/customers/partner", """{"revoked":true,"by":"x"}""", "\"7\"", 412)]
    [InlineData("/customers/nobody", """{"revoked":true,"by":"x"}""", "\"1\"", 404)]
    public async Task Admin_BadChange_IsRefused(string path, string body, string? etag, int expected)
    {
        await ReadyAsync();

        (await _admin.SendAsync("PUT", path, body, ifMatch: etag)).Status.Should().Be(expected);

        ((bool)(await _admin.GetAsync("/customers/partner"))["revoked"]!).Should().BeFalse();
    }

    public void Dispose()
    {
        _process.Dispose();
        _users.Dispose();
        _admin.Dispose();
        _folder.Dispose();
    }

    private async Task<Socket> ConnectFromAsync(string source)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _lab.Ports.FrontDoor));
        return socket;
    }

    /// <summary>Bytes that came; 0 where the other side has hung up.</summary>
    private static async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1000]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private SandboxProcess NewProcess() => new(new Dictionary<string, string>(), "sandbox-front-door", "--lab", _folder.Path);

    private Task<(int Status, JsonObject Body, System.Net.Http.Headers.HttpResponseHeaders Headers)> PutAsync(string site, long epoch, string etag) =>
        _admin.SendAsync("PUT", "/route", $$"""{"site":"{{site}}","epoch":{{epoch}},"by":"run-1/move"}""", ifMatch: etag);

    private Task ReadyAsync() => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return (await _users.SendAsync("GET", "/")).Status == 404;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        "the front door is ready");
}
