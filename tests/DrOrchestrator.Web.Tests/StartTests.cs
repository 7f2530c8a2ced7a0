using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]

namespace DrOrchestrator.Web.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Start_InAFolder_SaysWhereItAnswersAndTakesItAwayAgain()
    {
        var server = await RunningServer.StartAsync();
        var folder = server.Folder;

        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "server.json")))!;
        var line = JsonNode.Parse(server.Output.ToString())!;
        file["url"]!.GetValue<string>().Should().StartWith("http://127.0.0.1:").And.NotEndWith(":0");
        file["pid"]!.GetValue<int>().Should().Be(Environment.ProcessId);
        file["startedAt"].Should().NotBeNull();
        line.ToJsonString().Should().Be($$"""{"ready":true,"url":"{{file["url"]}}"}""");
        await server.App.StopAsync();

        File.Exists(Path.Combine(folder, "server.json")).Should().BeFalse();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Start_Always_KeepsSecretsToTheOwner()
    {
        await using var server = await RunningServer.StartAsync();

        foreach (var name in (string[])["server.json", "operator.token", "evidence.key"])
        {
            File.GetUnixFileMode(Path.Combine(server.Folder, name)).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, name);
        }

        File.GetUnixFileMode(server.Folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        server.OperatorToken.Should().MatchRegex("^dro_[A-Za-z0-9_-]{43}$");
    }

    [Fact]
    public async Task Start_OnTheSameFolderTwice_IsRefusedWithTheProcess()
    {
        await using var server = await RunningServer.StartAsync();

        var second = () => RunningServer.StartAsync(server.Folder);

        var refusal = (await second.Should().ThrowAsync<ServeException>()).Which.Failure;
        refusal.ExitCode.Should().Be(7);
        refusal.Message.Should().Be(
            $"The data folder {server.Folder} is in use by process {Environment.ProcessId} ({server.Url.ToString().TrimEnd('/')}). One server at a time may use it: stop that one, or name another folder with --data.");
        using var client = server.Client(null);
        (await client.GetStringAsync("/healthz")).Should().Be("ok", "the first server must not be disturbed");
    }

    [Fact]
    public async Task Start_Again_KeepsTheOperatorsToken()
    {
        var folder = RunningServer.FreshFolder();
        var first = await RunningServer.StartAsync(folder);
        var token = first.OperatorToken;
        await first.App.StopAsync();
        await first.App.DisposeAsync();

        await using var second = await RunningServer.StartAsync(folder);

        second.OperatorToken.Should().Be(token);
    }

    [Fact]
    public async Task Start_WithABrokenOperatorToken_SaysWhatToDo()
    {
        var folder = RunningServer.FreshFolder();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "operator.token"), "short");

        var start = () => RunningServer.StartAsync(folder);

        (await start.Should().ThrowAsync<ServeException>()).WithMessage("*does not hold a token of this server*Delete the file*").Which.Failure.ExitCode.Should().Be(1);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("relative", "--allow-command: relative is no full path.")]
    [InlineData("/no/such", "--allow-command: there is no program /no/such.")]
    public async Task Start_WithACommandThatCannotBeRun_IsRefused(string program, string message)
    {
        var start = () => RunningServer.StartAsync(options: serve => serve with { AllowedCommands = [program] });

        (await start.Should().ThrowAsync<ServeException>()).WithMessage(message).Which.Failure.ExitCode.Should().Be(2);
    }

    [Fact]
    public async Task Start_WithSeveralVantagePointsAndNoneNamed_IsRefused()
    {
        var folder = RunningServer.FreshFolder();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "estate.yaml"), """
            estate: small
            sites: [ { name: primary, role: production } ]
            systems:
              - { name: s, department: d, owner: o, bia: [ { scope: financial-rights, severity: moderate, reason: r, signer: w } ], serving: primary, functions: [ { name: f, critical: true } ] }
            vantage: [ { name: dc-a }, { name: dc-b } ]
            """);

        var start = () => RunningServer.StartAsync(estate: Estate.None, options: serve => serve with { EstateFolder = folder });

        (await start.Should().ThrowAsync<ServeException>())
            .WithMessage("the estate declares several vantage points; say which one this server is: --vantage dc-a or --vantage dc-b").Which.Failure.ExitCode.Should().Be(2);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("https://0.0.0.0:1")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("")]
    public async Task Start_WithUrlsThatAreNotOffered_IsAUsageError(string urls)
    {
        var start = () => RunningServer.StartAsync(options: options => options with { Urls = urls });

        var failure = (await start.Should().ThrowAsync<ServeException>()).Which.Failure;
        failure.ExitCode.Should().Be(2);
        failure.Message.Should().StartWith($"--urls: found '{urls}'; allowed: http://HOST:PORT");
    }

    [Fact]
    public async Task Start_WithAnInvalidEstate_ListsEveryProblemAndLetsGoOfTheFolder()
    {
        var folder = RunningServer.FreshFolder();
        var estate = Directory.CreateDirectory(Path.Combine(folder, "estate")).FullName;
        await File.WriteAllTextAsync(Path.Combine(estate, "estate.yaml"), "estate: bank\nsitez: []\nsystems: 3\n");
        var options = new ServeOptions(estate, Path.Combine(folder, "data"));

        var build = () => ServerBuilder.Build(options, services => services.AddSingleton<IStepKindCatalog, FakeKinds>());

        var failure = build.Should().Throw<ServeException>().Which.Failure;
        failure.ExitCode.Should().Be(3);
        failure.Message.Should().StartWith($"The estate in {estate} is not valid; nothing was started.\n").And.Contain("estate.yaml:2").And.Contain("estate.yaml:3");
        using (DataFolder.Open(options.DataFolder))
        {
            File.Exists(Path.Combine(options.DataFolder, "server.json")).Should().BeFalse();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task StopWithStdin_WhenTheInputEnds_StopsTheServer()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        using var input = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.In, pipe.ClientSafePipeHandle);
        await using var server = await RunningServer.StartAsync(options: options => options with { StopWithStdin = true }, input: input);
        var stopping = server.App.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        pipe.Write("still here"u8);
        stopping.IsCancellationRequested.Should().BeFalse();

        pipe.Dispose();

        await RunningServer.Eventually(() => stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Start_AndRun_WritesNothingOutsideTheDataFolder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var before = Outside(home);

        await using (var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run())))
        {
            await server.EnginesRunning();
            using var client = server.Operator();
            foreach (var path in (string[])["/", "/drills/7", "/jobs", "/metrics", "/api/v1/status"])
            {
                using var response = await client.GetAsync(path);
                response.EnsureSuccessStatusCode();
            }
        }

        Outside(home).Except(before).Should().BeEmpty();
    }

    /// <summary>What a server could leave behind: anything new in HOME, keys below .aspnet, and names of ours in the temporary folder.</summary>
    private static List<string> Outside(string home)
    {
        var keys = Path.Combine(home, ".aspnet");
        return
        [
            .. Directory.EnumerateFileSystemEntries(home),
            .. Directory.Exists(keys) ? Directory.EnumerateFileSystemEntries(keys, "*", SearchOption.AllDirectories) : [],
            .. Directory.EnumerateFileSystemEntries(Path.GetTempPath(), "*dro*"),
            .. Directory.EnumerateFileSystemEntries(Path.GetTempPath(), "*quartz*"),
        ];
    }
}
