using System.Diagnostics;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// PostgreSQL's own programs, run as a user it accepts: it refuses root, so root runs them as <c>postgres</c>. The newest version installed is taken.
/// </summary>
internal static class PostgresPrograms
{
    private const string Installed = "/usr/lib/postgresql";

    /// <summary>Folder of initdb, postgres, pg_ctl and the rest.</summary>
    /// <exception cref="InvalidOperationException">No server is installed.</exception>
    public static string Folder { get; } = Find();

    /// <summary>Whether there is one.</summary>
    public static bool AreInstalled => Directory.Exists(Installed) && Directory.EnumerateFiles(Installed, "postgres", SearchOption.AllDirectories).Any();

    public static bool AsOtherUser => Environment.UserName == "root";

    /// <summary>The program and its arguments as this process has to start them.</summary>
    public static ProcessStartInfo Start(string program, params IEnumerable<string> arguments)
    {
        var start = AsOtherUser ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", program]) : new ProcessStartInfo(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // PostgreSQL's defaults of the machine's user are none of the test's business.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.WorkingDirectory = "/";
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }

    /// <summary>Runs one of PostgreSQL's programs to its end; returns its output.</summary>
    /// <exception cref="InvalidOperationException">It failed, with what it said.</exception>
    public static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Start(Path.IsPathRooted(program) ? program : Path.Combine(Folder, program), arguments))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await error}{await output}");
    }

    /// <summary>
    /// A new empty folder that the server's user owns: below the test's binaries, or, where that user cannot get there (a clone below somebody's home), below the
    /// system's temp folder.
    /// </summary>
    public static async Task<string> NewFolderAsync(string name)
    {
        foreach (var place in (string[])[Path.Combine(AppContext.BaseDirectory, "work"), Path.GetTempPath()])
        {
            Directory.CreateDirectory(place);
            var folder = Path.Combine(place, $"{name}-{Guid.NewGuid():N}"[..(name.Length + 9)]);
            Directory.CreateDirectory(folder);
            if (AsOtherUser)
            {
                using var chown = Process.Start("chown", ["postgres:postgres", folder]);
                await chown.WaitForExitAsync();
            }

            try
            {
                await RunAsync("/usr/bin/test", "-w", folder);
                return folder;
            }
            catch (InvalidOperationException)
            {
                Directory.Delete(folder);
            }
        }

        throw new InvalidOperationException("The user 'postgres' can write neither below the tests' binaries nor below the temp folder.");
    }

    private static string Find()
    {
        var versions = Directory.Exists(Installed) ? Directory.GetDirectories(Installed).Where(folder => File.Exists(Path.Combine(folder, "bin", "initdb"))) : [];
        return versions.MaxBy(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0) is { } newest
            ? Path.Combine(newest, "bin")
            : throw new InvalidOperationException($"No PostgreSQL server below {Installed}. ./test.sh installs it (package postgresql) where it may.");
    }
}
