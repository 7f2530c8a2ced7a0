using System.Globalization;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Leftovers;

/// <summary><c>dro quickstart --fast --exit</c> as somebody types it, with a home and a temp folder of its own that were empty before.</summary>
internal sealed class Quickstart : IAsyncDisposable
{
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(5);

    private readonly string _folder;
    private readonly Child _child;

    private Quickstart(string folder, IReadOnlyList<string> more)
    {
        _folder = folder;
        Data = Path.Combine(folder, "data");
        foreach (string place in (string[])[Home, WorkingFolder])
        {
            Directory.CreateDirectory(place);
        }

        // As at a person's prompt: no word to the runtime about its diagnostics.
        _child = Child.Start(
            Child.Dro,
            ["quickstart", "--fast", "--exit", "--data", Data, .. more],
            Path.Combine(WorkingFolder, "said.log"),
            new Dictionary<string, string?> { ["HOME"] = Home, ["TMPDIR"] = Temp, ["DOTNET_EnableDiagnostics"] = null });
    }

    public string Data { get; }

    public int ProcessId => _child.Id;

    private string Home => Path.Combine(_folder, "home");

    /// <summary>A short path: the runtime cuts the names of its sockets off at 107 characters, and where they were cut off nobody would find them again.</summary>
    private string Temp { get; } = Directory.CreateTempSubdirectory("dro-").FullName;

    private string WorkingFolder => Path.Combine(_folder, "cwd");

    public static Quickstart Start(string folder, params IReadOnlyList<string> more) => new(folder, more);

    public Task<int> WaitAsync() => _child.WaitAsync(Patience.Run);

    public Task KillAsync() => _child.KillAsync();

    public void Interrupt() => _child.Interrupt();

    public Task<string> ReadSaidAsync() => _child.ReadLogAsync();

    /// <summary>Names in the home and the temp folder.</summary>
    public IReadOnlyList<string> Left() =>
        [.. new[] { Home, Temp }.SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))];

    /// <summary>Everything is gone but the data folder: no process that names it, nothing in home or temp, nothing where it was started.</summary>
    public async Task ShouldHaveLeftNothingAsync()
    {
        await Patience.UntilAsync("no process of it lives", GoneWithin, () => Processes().Count == 0);
        Left().Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(WorkingFolder).Select(Path.GetFileName).Should().Equal("said.log");
    }

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        Directory.Delete(Temp, recursive: true);
    }

    /// <summary>Process numbers of whatever names the data folder in its command line, or works in it.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out _) && (CommandLineOf(process).Contains(Data, StringComparison.Ordinal) || WorkingFolderOf(process).StartsWith(Data, StringComparison.Ordinal)))
            .Select(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture)),
    ];

    private static string WorkingFolderOf(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
