using System.CommandLine;
using DrOrchestrator.Cli.Commands;

namespace DrOrchestrator.Cli.Tests.Commands;

/// <summary>Where the connection string comes from, and that nothing of it is repeated.</summary>
public sealed class ServeCommandTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Database=dro;Username=dro;Password=battery-staple";

    [Fact]
    public async Task Serve_DatabaseInAFileThatCannotBeReached_ReturnsEightWithoutThePassword()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "database");
        await File.WriteAllTextAsync(file, Nowhere + "\n");

        var ran = await Shell.RunAsync("serve", "--estate", folder.Path, "--data", Path.Combine(folder.Path, "data"), "--database-file", file);

        ran.ExitCode.Should().Be(8);
        (ran.Out + ran.Error).Should().NotContain("battery");
    }

    [Fact]
    public async Task Serve_DatabaseSaidTwice_IsAUsageError()
    {
        using var folder = new TestFolder();

        var ran = await Shell.RunAsync("serve", "--estate", folder.Path, "--data", Path.Combine(folder.Path, "data"), "--database-file", "x", "--database", Nowhere);

        ran.ExitCode.Should().Be(2);
        ran.Error.Should().Contain("Both --database and --database-file are given; give one.").And.NotContain("battery");
        Directory.Exists(Path.Combine(folder.Path, "data")).Should().BeFalse();
    }

    [Fact]
    public async Task Serve_DatabaseFileMissing_IsAUsageError()
    {
        using var folder = new TestFolder();

        var ran = await Shell.RunAsync("serve", "--estate", folder.Path, "--data", Path.Combine(folder.Path, "data"), "--database-file", Path.Combine(folder.Path, "nothing"));

        ran.ExitCode.Should().Be(2);
        ran.Error.Should().Contain("The file of --database-file cannot be read:");
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("", " ", null)]
    [InlineData("", "Host=environment", "Host=environment")]
    [InlineData("--database Host=flag", "Host=environment", "Host=flag")]
    public void Read_FlagAndEnvironment_TheFlagStandsAbove(string line, string? environment, string? expected)
    {
        var option = new DatabaseOption(() => environment);
        var command = new Command("serve") { option.Text, option.File };

        option.Read(command.Parse(line))?.Reveal().Should().Be(expected);
    }
}
