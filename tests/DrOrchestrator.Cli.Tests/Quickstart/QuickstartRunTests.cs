using System.Diagnostics;
using DrOrchestrator.Cli.Quickstart;
using DrOrchestrator.Cli.Tests.Client;
using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Cli.Tests.Quickstart;

/// <summary>The whole run against a fake server: children that only say they are ready, the real API client, personas, export, and the real verifying process.</summary>
public class QuickstartRunTests
{
    private const string Pending = """
        [{"run":1,"kind":"approval","name":"run-approval","role":"approver","question":"Run it?","askedAt":"2026-11-22T08:00:00Z","deadline":null,"pointsOfNoReturn":[]},
         {"run":1,"kind":"resume","name":"go-on","role":"operator","question":"Go on?","askedAt":"2026-11-22T08:00:00Z","deadline":null,"pointsOfNoReturn":[]},
         {"run":2,"kind":"approval","name":"run-approval","role":"approver","question":"Run it?","askedAt":"2026-11-22T08:00:00Z","deadline":null,"pointsOfNoReturn":[]}]
        """;

    [Fact]
    public async Task RunAsync_FromStartToVerifiedPack_GoesThroughEveryStage()
    {
        using var folder = new TestFolder();
        await using var server = await ServerAsync();
        var (output, ended) = (new StringWriter(), Path.Combine(folder.Path, "ended"));

        QuickstartResult result;
        using (var termination = new Termination())
        {
            await using var quickstart = new QuickstartRun(Options(folder), new PlainView(output), Children(folder, server, ended), TimeProvider.System, termination);
            result = await quickstart.RunAsync(CancellationToken.None);
            File.Exists(ended).Should().BeFalse("the children stay up until the end");
        }

        File.ReadAllLines(ended).Should().BeEquivalentTo("sandbox", "serve");
        result.Run.Outcome.Should().Be("passed");
        result.Verification.Verified.Should().BeFalse("the fake server's pack is no pack");
        result.ExitCode.Should().Be(ExitCodes.VerificationFailed);
        File.ReadAllText(result.Pack).Should().Be("no pack");
        server.Requests.Should().Contain("""POST /drills Bearer requester {"plan":"quickstart-failover","mode":"live","reason":"First look at the product (dro quickstart)"}""");
        foreach (var persona in new[] { "requester", "approver", "verifier" })
        {
            server.Requests.Should().ContainSingle(request => request.StartsWith($"POST /drills/1/answers/run-approval Bearer {persona} ", StringComparison.Ordinal))
                .Which.Should().EndWith("""{"confirmed":true,"note":"simulated by the sandbox\u0027s persona"}""");
        }

        server.Requests.Should().NotContain(request => request.Contains("/answers/go-on", StringComparison.Ordinal) || request.Contains("/drills/2", StringComparison.Ordinal));
        output.ToString().Should().StartWith(
            """
            Starting the sandbox: two sites, each with its own Kubernetes API
            Starting the server
            Watching both sites until the steady state is known
              primary: serving, up
              dr: standby, up
            Running quickstart-failover: the primary site's ledger is going to be killed
            """).And.Contain("  08:00:20.000Z  passed\n");
    }

    [Fact]
    public async Task RunAsync_ServerDiesOnTheWay_SaysSoWithItsLastLines()
    {
        using var folder = new TestFolder();
        await using var server = await ServerAsync();
        var children = Children(folder, server, Path.Combine(folder.Path, "ended"));
        using var termination = new Termination();
        await using var quickstart = new QuickstartRun(
            Options(folder),
            new PlainView(new StringWriter()),
            arguments => arguments.First() == "serve" ? Script($"echo '{{\"ready\":true,\"url\":\"http://127.0.0.1:1\"}}'; echo 'out of disk' >&2; exit 1") : children(arguments),
            TimeProvider.System,
            termination);

        var failed = (await quickstart.Invoking(q => q.RunAsync(CancellationToken.None)).Should().ThrowAsync<CommandFailedException>()).Which;

        failed.ExitCode.Should().Be(ExitCodes.Internal);
        failed.Message.Should().StartWith("the server ended by itself with exit code 1.").And.EndWith("out of disk");
    }

    [Fact]
    public async Task RunAsync_WithPostgreSql_AsksTheSandboxForIt_AllowsTheServerItsPrograms_AndRunsItsPlan()
    {
        using var folder = new TestFolder();
        await using var server = await ServerAsync();
        var children = Children(folder, server, Path.Combine(folder.Path, "ended"), ""","hostPrograms":["/lab/a","/lab/b"]""");
        var lines = new List<string>();
        using var termination = new Termination();
        await using var quickstart = new QuickstartRun(
            Options(folder) with { Postgres = new PostgresOptions("/opt/pg/bin") },
            new PlainView(new StringWriter()),
            arguments =>
            {
                lines.Add(string.Join(' ', arguments));
                return children(arguments);
            },
            TimeProvider.System,
            termination);

        await quickstart.RunAsync(CancellationToken.None);

        lines[0].Should().StartWith("sandbox ").And.EndWith("--stop-with-stdin --fast --postgres-bin /opt/pg/bin");
        lines[1].Should().StartWith("serve ").And.EndWith("--announce-ready --allow-command /lab/a --allow-command /lab/b");
        server.Requests.Should().Contain(request => request.StartsWith("""POST /drills Bearer requester {"plan":"quickstart-postgres",""", StringComparison.Ordinal));
    }

    private static QuickstartOptions Options(TestFolder folder) => new(folder.Path, Exit: true, Json: false, "500ms", Fast: true);

    private static async Task<FakeServer> ServerAsync() => (await FakeServer.StartAsync())
        .On("GET /status", Samples.Status)
        .On("POST /drills", Samples.Run("open", closedAt: null), 201)
        .On("GET /pending", Pending)
        .On("POST /drills/1/answers/run-approval", """{"code":"role-missing","detail":"not yours"}""", 403, "application/problem+json")
        .On("GET /drills/1/events?after=-1", "", type: "text/event-stream")
        .On("GET /drills/1/events?after=-1", """
            data: {"sequence":0,"at":"2026-11-22T08:00:20Z","kind":"closed","step":null,"text":"passed"}


            """, type: "text/event-stream")
        .On("GET /drills/1", Samples.Run("open", closedAt: null))
        .On("GET /drills/1", Samples.Run())
        .On("POST /evidence/packs", "no pack"u8.ToArray())
        .On("GET /evidence/key", """{"origin":"dro/x","fingerprint":"SHA256:abc","verifierKey":"dro/x+1+abc"}""");

    private static Func<IEnumerable<string>, ProcessStartInfo> Children(TestFolder folder, FakeServer server, string ended, string more = "") => arguments => arguments.First() switch
    {
        "sandbox" => Script($"echo '{{\"ready\":true,\"estate\":\"e\",\"control\":\"c\",\"frontDoor\":\"f\",\"people\":{{\"requester\":\"{folder.File("r", "requester")}\",\"approver\":\"{folder.File("a", "approver")}\",\"businessVerifier\":\"{folder.File("v", "verifier")}\"}}{more}}}'; cat; echo sandbox >> {ended}"),
        "serve" => Script($"echo '{{\"ready\":true,\"url\":\"{server.Url}\"}}'; cat; echo serve >> {ended}"),
        _ => Piped(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "dro"), arguments)),
    };

    private static ProcessStartInfo Script(string script) => Piped(new ProcessStartInfo("/bin/sh", ["-c", script]));

    private static ProcessStartInfo Piped(ProcessStartInfo info)
    {
        (info.RedirectStandardInput, info.RedirectStandardOutput, info.RedirectStandardError) = (true, true, true);
        return info;
    }
}
