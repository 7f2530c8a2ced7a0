using System.Diagnostics;

namespace DrOrchestrator.Benchmarks;

/// <summary>The program as it is shipped: published ahead of time below the bench's own binaries.</summary>
/// <param name="Executable">Full path of <c>dro</c>.</param>
/// <param name="Form">ReadyToRun, or JIT and why.</param>
internal sealed record Published(string Executable, string Form)
{
    private static Published? _made;

    public static async Task<Published> MakeAsync() => _made ??= await PublishAsync();

    /// <summary>Starts <c>dro</c> with its streams redirected.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        return Process.Start(start)!;
    }

    /// <summary>Runs <c>dro</c> to its end; throws with what it said when it fails.</summary>
    public async Task RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dro {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await error}");
        }
    }

    private static async Task<Published> PublishAsync()
    {
        var (code, said) = await PublishAsync("r2r", readyToRun: true);
        if (code == 0)
        {
            return new Published(DroIn("r2r"), "ReadyToRun");
        }

        var why = said.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))?.Trim() ?? "no reason given";
        (code, said) = await PublishAsync("jit", readyToRun: false);
        return code == 0 ? new Published(DroIn("jit"), $"JIT, because the ReadyToRun publish failed: {why}") : throw new InvalidOperationException(said);
    }

    private static string Root(string form) => Path.Combine(AppContext.BaseDirectory, "published", form);

    private static string DroIn(string form) => Path.Combine(Root(form), "dro", "dro");

    /// <summary>Intermediate files of its own, so that the publish leaves the tree's own build alone.</summary>
    private static async Task<(int Code, string Said)> PublishAsync(string form, bool readyToRun)
    {
        string[] arguments =
        [
            "publish", Path.Combine(Repository(), "src", "DrOrchestrator.Cli"), "-c", "Release", "-r", "linux-x64", "--self-contained", "false", $"-p:PublishReadyToRun={readyToRun}",
            "--artifacts-path", Path.Combine(Root(form), "artifacts"), "-o", Path.Combine(Root(form), "dro"), "-v", "q", "--nologo",
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DrOrchestrator.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("DrOrchestrator.sln is in no folder above the bench; run it from its own tree.");
        }

        return folder.FullName;
    }
}
