using System.Diagnostics;
using System.Globalization;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// PostgreSQL's own programs on this machine, and as whom they run: a server refuses root, so root runs them as <c>postgres</c> (or <c>nobody</c> where there is no such user).
/// </summary>
/// <param name="Folder">Full path of the folder with initdb, postgres and the rest.</param>
/// <param name="RunAs">The other user, or null: as ourselves.</param>
public sealed record PostgresInstallation(string Folder, PostgresAccount? RunAs)
{
    /// <summary>What a lab needs of an installation.</summary>
    private static readonly string[] _needed = ["initdb", "postgres", "pg_basebackup", "pg_rewind", "pg_controldata", "pg_waldump", "pg_isready"];

    /// <summary>Of util-linux: a session of the server's own, a lock that lasts as long as its last process, another user.</summary>
    private static readonly string[] _tools = ["setsid", "flock", "setpriv"];

    private static readonly string[] _accounts = ["postgres", "nobody"];

    /// <summary>Where packages put it: Debian's and Ubuntu's, then that of PostgreSQL's own packages for other systems.</summary>
    private static readonly (string Parent, string Pattern, string Prefix)[] _installed = [("/usr/lib/postgresql", "*", ""), ("/usr", "pgsql-*", "pgsql-")];

    /// <summary>Finds the programs: in <paramref name="folder"/> where one is named, else in PATH, else where packages put them (the newest version).</summary>
    /// <param name="problem">Null when found; otherwise what was looked for, where, and what to do.</param>
    public static PostgresInstallation? Find(string? folder, out string? problem)
    {
        string[] missingTools = [.. _tools.Where(tool => !InPath(tool).Any())];
        string? found = folder is null ? InPath("initdb").Concat(Installed()).FirstOrDefault(IsWhole) : IsWhole(folder) ? Path.GetFullPath(folder) : null;
        PostgresAccount? account = Environment.IsPrivilegedProcess ? _accounts.Select(PostgresAccount.Find).FirstOrDefault(a => a is not null) : null;
        problem = found is null ? NotFound(folder)
            : missingTools.Length > 0 ? $"the lab needs {string.Join(", ", missingTools)} in PATH (package util-linux) to run PostgreSQL"
            : account is null && Environment.IsPrivilegedProcess ? $"PostgreSQL refuses to run as root, and this machine has none of the users {string.Join(", ", _accounts)} to run it as; start dro as another user"
            : null;
        return problem is null ? new PostgresInstallation(found!, account) : null;
    }

    /// <summary>The command line of a program of this installation, or of another by its full path, as the server's user.</summary>
    internal IReadOnlyList<string> CommandOf(string program, params IEnumerable<string> arguments) =>
        [.. RunAs?.Prefix ?? [], Path.IsPathRooted(program) ? program : Path.Combine(Folder, program), .. arguments];

    /// <summary>How a process of the server's user is started; PostgreSQL's variables of whoever started the lab are none of its business.</summary>
    internal ProcessStartInfo Start(IReadOnlyList<string> command)
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, WorkingDirectory = "/" };
        foreach (string name in info.Environment.Keys.Where(n => n.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            info.Environment.Remove(name);
        }

        info.Environment["LC_ALL"] = "C";
        return info;
    }

    /// <summary>Runs one to its end.</summary>
    /// <param name="input">Goes to its standard input; never to its command line, where others could read it.</param>
    /// <exception cref="IOException">It failed; the message is what it said.</exception>
    internal async Task<string> RunAsync(IReadOnlyList<string> command, string? input, CancellationToken cancellationToken)
    {
        ProcessStartInfo info = Start(command);
        (info.RedirectStandardInput, info.RedirectStandardOutput, info.RedirectStandardError) = (true, true, true);
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            process.Kill();
        }

        return process.ExitCode == 0
            ? await output.ConfigureAwait(false)
            : throw new IOException($"{Path.GetFileName(command[RunAs?.Prefix.Count ?? 0])} ended with exit code {process.ExitCode}: {await errors.ConfigureAwait(false)}{await output.ConfigureAwait(false)}".TrimEnd());
    }

    private static bool IsWhole(string folder) => _needed.All(program => File.Exists(Path.Combine(folder, program)));

    private static IEnumerable<string> InPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Where(place => File.Exists(Path.Combine(place, program)));

    private static IEnumerable<string> Installed() =>
        from place in _installed
        where Directory.Exists(place.Parent)
        from version in Directory.GetDirectories(place.Parent, place.Pattern)
            .OrderByDescending(v => int.TryParse(Path.GetFileName(v).AsSpan(place.Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
        select Path.Combine(version, "bin");

    private static string NotFound(string? folder)
    {
        string programs = string.Join(", ", _needed);
        return folder is not null
            ? $"{folder} does not hold PostgreSQL's programs: {string.Join(", ", _needed.Where(p => !File.Exists(Path.Combine(folder, p))))} not found there; name the folder that has {programs}"
            : $"no PostgreSQL server was found on this machine: looked for a folder with {programs} in PATH, in /usr/lib/postgresql/*/bin and in /usr/pgsql-*/bin. "
                + "Install it (Debian, Ubuntu: apt-get install postgresql; Fedora, RHEL: dnf install postgresql-server postgresql-contrib), or name its folder with --postgres-bin DIR.";
    }
}
