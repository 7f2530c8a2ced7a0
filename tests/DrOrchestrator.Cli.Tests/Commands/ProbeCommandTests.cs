using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Tests.Client;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Cli.Tests.Commands;

public sealed class ProbeCommandTests
{
    private const string OfServer = """
        {
          "probe": { "name": "dr-store", "system": "ledger", "kind": "tcp", "target": "127.0.0.1:1", "state": "down", "since": "2026-11-22T08:00:00Z", "reason": "connection refused by 127.0.0.1:1", "newest": null },
          "recent": [ { "outcome": "down", "startedAt": "2026-11-22T08:00:01Z", "duration": 0.0015, "reason": "connection refused by 127.0.0.1:1" } ],
          "failures": [ {
            "first": { "outcome": "down", "startedAt": "2026-11-22T08:00:00Z", "duration": 0.001, "reason": "connection refused by 127.0.0.1:1" },
            "last": { "outcome": "down", "startedAt": "2026-11-22T08:00:01Z", "duration": 0.001, "reason": "connection refused by 127.0.0.1:1" },
            "count": 2,
            "notes": [ { "at": 0.001, "text": "no connection to 127.0.0.1:1: ConnectionRefused" } ] } ]
        }
        """;

    [Fact]
    public async Task Once_SomebodyListens_ShowsEveryStepAndReturns0()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        // Half a second is a probe's, not that of a process which has just begun to compile itself.
        using var estate = WithPort(port).Replace("estate.yaml", "role: standby, kind: tcp, interval: 1s, timeout: 500ms", "role: standby, kind: tcp, interval: 20s, timeout: 10s");

        var ran = await Shell.RunAsync("probe", "once", "dr-store", "--estate", estate.Folder);

        ran.Error.Should().BeEmpty();
        ran.ExitCode.Should().Be(ExitCodes.Fine);
        ran.Out.Should().Match($"dr-store: up, accepted by 127.0.0.1:{port}\n  tcp 127.0.0.1:{port}, timeout *\n*took *\n  phases: connect *\n    +* ms  connected to 127.0.0.1:{port}\n");
    }

    [Fact]
    public async Task Once_NobodyListens_Returns9AndTheReasonAsJson()
    {
        using var estate = WithPort(FreePort()).Replace("estate.yaml", "role: standby, kind: tcp, interval: 1s, timeout: 500ms", "role: standby, kind: tcp, interval: 20s, timeout: 10s");

        var ran = await Shell.RunAsync("probe", "once", "dr-store", "--estate", estate.Folder, "--output", "json");

        ran.ExitCode.Should().Be(ExitCodes.ProbeDown);
        var document = JsonNode.Parse(ran.Out)!;
        document["look"]!["outcome"]!.GetValue<string>().Should().Be("down");
        document["look"]!["reason"]!.GetValue<string>().Should().StartWith("connection refused by 127.0.0.1:");
        document["notes"]!.AsArray().Single()!["text"]!.GetValue<string>().Should().StartWith("no connection to 127.0.0.1:");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Once_ProbeOfAProgram_IsStartedOnlyWhereItIsAllowed(bool isAllowed)
    {
        using var estate = RealKindsPlan.NewEstate().Replace(
            "estate.yaml", "kind: tcp, interval: 1s, timeout: 500ms, confirmations: 3, with: { host: 127.0.0.1, port: 4321 }", "kind: command, interval: 30s, timeout: 20s, with: { program: /usr/bin/env, arguments: [printf, seen] }");

        var ran = await Shell.RunAsync(["probe", "once", "dr-store", "--estate", estate.Folder, .. isAllowed ? new[] { "--allow-command", "/usr/bin/env" } : []]);

        ran.ExitCode.Should().Be(isAllowed ? ExitCodes.Fine : ExitCodes.ProbeUnknown, ran.Out + ran.Error);
        ran.Out.Should().Match(isAllowed ? "dr-store: up, *" : "dr-store: unknown, could not look: the program /usr/bin/env is not allowed by this server; start it with --allow-command /usr/bin/env\n*");
    }

    [Fact]
    public async Task Once_AllowedProgramThatCannotBeRun_IsAMistakeOfTheCommandLine()
    {
        using var estate = RealKindsPlan.NewEstate();

        var ran = await Shell.RunAsync("probe", "once", "dr-store", "--estate", estate.Folder, "--allow-command", "/nowhere/program");

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Error.Should().StartWith("dro: --allow-command: ").And.Contain("/nowhere/program");
    }

    [Fact]
    public async Task Once_SecretMissing_Returns10()
    {
        using var estate = RealKindsPlan.NewEstate().Replace("estate.yaml", "fresh-connection: true", "fresh-connection: true, bearer: { env: DRO_TEST_NOT_SET }");

        var ran = await Shell.RunAsync("probe", "once", "ledger-posting", "--estate", estate.Folder);

        ran.ExitCode.Should().Be(ExitCodes.ProbeUnknown);
        ran.Out.Should().StartWith("ledger-posting: unknown, could not look: the environment variable DRO_TEST_NOT_SET is not set\n");
    }

    [Fact]
    public async Task Once_UnknownName_SaysWhichThereAre()
    {
        using var estate = RealKindsPlan.NewEstate();

        (await Shell.RunAsync("probe", "once", "nope", "--estate", estate.Folder)).Should().Be(
            new Ran(ExitCodes.Usage, "", "dro: The estate has no probe 'nope'; it has: ledger-posting, dr-store\n"));
    }

    [Fact]
    public async Task Show_OfAServer_TellsTheStory()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /probes/dr-store", OfServer);

        var ran = await Shell.RunAsync("probe", "show", "dr-store", "--data", server.DataFolder);

        ran.Out.Should().Be(
            """
            dr-store: down since 2026-11-22 08:00:00Z, connection refused by 127.0.0.1:1
              tcp 127.0.0.1:1, system ledger
              08:00:01.000Z  down     1.5 ms  connection refused by 127.0.0.1:1
            failed 2026-11-22 08:00:00Z: connection refused by 127.0.0.1:1 (2 times, last 2026-11-22 08:00:01Z)
                +1.0 ms  no connection to 127.0.0.1:1: ConnectionRefused

            """);
    }

    [Fact]
    public async Task List_OfAServer_IsATable()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /probes", $"[{JsonNode.Parse(OfServer)!["probe"]!.ToJsonString()}]");

        (await Shell.RunAsync("probe", "list", "--data", server.DataFolder)).Out.Should().Be(
            """
            NAME      SYSTEM  KIND  STATE  TARGET       NEWEST
            dr-store  ledger  tcp   down   127.0.0.1:1

            """);
    }

    private static EstateFolderBuilder WithPort(int port) => RealKindsPlan.NewEstate().Replace("estate.yaml", "port: 4321", $"port: {port}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
