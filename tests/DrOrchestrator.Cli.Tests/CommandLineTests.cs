namespace DrOrchestrator.Cli.Tests;

public class CommandLineTests
{
    [Theory]
    [InlineData("stats", "Did you mean one of the following?\nstatus")]
    [InlineData("drill", "Required command was not provided.")]
    [InlineData("drill start p", "Option '--reason' is required.")]
    [InlineData("drill start p --mode wild --reason r", "Argument 'wild' not recognized. Must be one of:")]
    [InlineData("drill show abc", "Cannot parse argument 'abc'")]
    [InlineData("serve --estate e", "Option '--data' is required.")]
    [InlineData("serve --estate e --data d --spool-limit 1025", "--spool-limit 1025: allowed: 1 to 1024 (MiB)")]
    [InlineData("look --estate e --database Host=h", "Option '--vantage' is required.")]
    [InlineData("look --estate e --vantage dc-b", "A lookout votes through the server's PostgreSQL: name it with --database, --database-file or DRO_DATABASE.")]
    [InlineData("status --output xml", "Argument 'xml' not recognized. Must be one of:\n\t'text'\n\t'json'")]
    [InlineData("quickstart --replication-delay soon", "--replication-delay 'soon' is no duration; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h.")]
    [InlineData("quickstart --postgres-bin /nowhere", "--postgres: /nowhere does not hold PostgreSQL's programs: initdb, postgres, pg_basebackup,")]
    [InlineData("sandbox --data d --postgres-bin /nowhere", "--postgres: /nowhere does not hold PostgreSQL's programs: initdb, postgres, pg_basebackup,")]
    [InlineData("status", "Which server? Give --data DIR (the data folder of a server on this machine), or --server URL with --token-file FILE.")]
    [InlineData("status --data a --server http://b", "--data and --server exclude each other")]
    [InlineData("status --server http://127.0.0.1:1", "--server needs --token-file FILE")]
    [InlineData("status --server nowhere --token-file f", "--server 'nowhere' is no address; allowed: http://HOST:PORT or https://HOST:PORT.")]
    [InlineData("status --data nothing-here", "No server has run in nothing-here (there is no server.json).")]
    [InlineData("evidence verify no.zip", "FILE no.zip cannot be read")]
    public async Task RunAsync_UsageError_ExitsWith2AndSaysWhatToDo(string line, string message)
    {
        var ran = await Shell.RunAsync(line.Split(' '));

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Error.Should().Contain(message);
        ran.Out.Should().BeEmpty();
    }

    [Theory]
    [InlineData("drill start", "See: dro drill start --help")]
    [InlineData("", "See: dro --help")]
    public async Task RunAsync_UsageError_PointsToTheHelpOfTheCommand(string line, string message)
    {
        var ran = await Shell.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Error.Should().Contain(message);
    }

    [Fact]
    public async Task RunAsync_Help_IsNoError()
    {
        var ran = await Shell.RunAsync("drill", "start", "--help");

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Contain("--reason").And.Contain("--output");
        ran.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsOneLineThatSaysWhatToDo()
    {
        using var folder = new TestFolder();
        folder.File("server.json", """{"url":"http://127.0.0.1:1","pid":1,"startedAt":"2026-01-01T00:00:00Z"}""");
        folder.File("operator.token", "dro_token\n");

        var ran = await Shell.RunAsync("status", "--data", folder.Path);

        ran.ExitCode.Should().Be(ExitCodes.Internal);
        ran.Error.Should().MatchRegex(@"^dro: No server answers at http://127\.0\.0\.1:1/ \(.*\)\. Is dro serve running\? Start it, or name another server\.\n$");
    }
}
