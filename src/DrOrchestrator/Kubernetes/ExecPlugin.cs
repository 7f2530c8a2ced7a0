using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// One run of the program that fetches a credential. The package's own support is not used; by its source it joins the arguments with spaces, takes every word on standard error for a
/// failure and shows all of it, reads one stream to its end before the other, gives up on nothing however long it takes, lets two callers run it at once and asks it for nothing new when a server refuses what it gave.
/// </summary>
internal sealed partial class ExecPlugin(ExecSettings settings, AllowedCommands allowed, TimeProvider time)
{
    /// <summary>Of a run; then it is killed with everything it has started.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private const int MostOutput = 256 * 1024;
    private const int MostWords = 400;

    // The same folders as every other program of this server gets as its PATH.
    private static readonly string[] Folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    public TimeSpan Limit { get; init; } = Longest;

    /// <summary>Throws <see cref="ClusterAccessException"/>.</summary>
    public async Task<ExecCredential> RunAsync(CancellationToken cancellationToken)
    {
        if ((Path.IsPathRooted(settings.Command) ? settings.Command : Folders.Select(folder => Path.Combine(folder, settings.Command)).FirstOrDefault(File.Exists)) is not { } program
            || !File.Exists(program))
        {
            throw Failed($"is not there{(Path.IsPathRooted(settings.Command) ? "" : $" in {string.Join(", ", Folders)}")}", hint: true);
        }

        // Arguments and environment come from the kubeconfig, so whoever may write that file is as good as whoever may write the program.
        if ((allowed.Refusal(program) ?? ProgramConfig.Problem(settings.File)) is { } refusal)
        {
            throw Failed($"is not started: {refusal}", hint: false, mayPass: false);
        }

        var started = time.GetTimestamp();
        var result = await ProgramRun.RunAsync(program, settings.Arguments, Environment(), time, cancellationToken, MostOutput, Limit).ConfigureAwait(false);
        switch (result)
        {
            case ProgramResult.NotStarted { Why: var why }:
                throw Failed($"could not be started: {why}", hint: true);
            case ProgramResult.Ended { ExitCode: not 0 } ended:
                var end = ended.ExitCode == 137 && time.GetElapsedTime(started) >= Limit
                    ? string.Create(CultureInfo.InvariantCulture, $"did not end within {Limit.TotalSeconds:0.#} s and was killed")
                    : string.Create(CultureInfo.InvariantCulture, $"ended with {ended.ExitCode}");
                throw Failed(end + Said(ended.Error), hint: true);
            case ProgramResult.Ended ended:
                return Parse(ended);
            default:
                throw new InvalidOperationException($"unknown result {result.GetType().Name}");
        }
    }

    /// <summary>A program's own words without what could be a secret: values of its environment and of arguments that are called so, and long runs of letters and digits, as tokens and keys are.</summary>
    internal static string Masked(string words, IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(secret => secret.Length >= 6).OrderByDescending(secret => secret.Length))
        {
            words = words.Replace(secret, "***", StringComparison.Ordinal);
        }

        words = Blanks().Replace(Bearer().Replace(LongRun().Replace(LongRunWithSlashes().Replace(words, "***"), "***"), "$1 ***"), " ").Trim();
        return words.Length > MostWords ? words[..MostWords] + "..." : words;
    }

    private ExecCredential Parse(ProgramResult.Ended ended)
    {
        try
        {
            return ExecCredential.Parse(ended.Output, settings.ApiVersion, time.GetUtcNow());
        }
        catch (ClusterAccessException e)
        {
            throw Failed($"ended well, but {e.Message}{Said(ended.Error)}", hint: false);
        }
    }

    // Of this server's own environment it gets HOME and nothing more: there are other secrets in it.
    private Dictionary<string, string> Environment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (System.Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
        {
            environment["HOME"] = home;
        }

        foreach (var (name, value) in settings.Environment)
        {
            environment[name] = value;
        }

        environment["KUBERNETES_EXEC_INFO"] = settings.Information;
        return environment;
    }

    /// <summary>What stands behind <c>--client-secret</c>, <c>--password=</c> and the like. Other arguments are what an error is understood by.</summary>
    private static IEnumerable<string> NamedSecrets(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split('=', 2);
            if (SecretOption().IsMatch(parts[0]))
            {
                yield return parts.Length > 1 ? parts[1] : i + 1 < arguments.Count ? arguments[i + 1] : "";
            }
        }
    }

    private string Said(string error) => Masked(error, settings.Environment.Values.Concat(NamedSecrets(settings.Arguments))) is { Length: > 0 } words ? $"; it said: {words}" : "";

    private ClusterAccessException Failed(string what, bool hint, bool mayPass = true) => new(
        $"{settings.Source}: the program {settings.Command} that fetches its credential {what}{(hint && settings.InstallHint is { } text ? $" (hint of the kubeconfig: {Blanks().Replace(text, " ").Trim()})" : "")}")
    {
        MayPass = mayPass,
    };

    [GeneratedRegex(@"(?=[A-Za-z_+=~-]*[0-9])[A-Za-z0-9_+=~-]{20,}")]
    private static partial Regex LongRun();

    // Base64 has slashes too. What begins with one, or stands behind one, is a path or an address, and wanted.
    [GeneratedRegex(@"(?<![A-Za-z0-9_+=~/.-])(?=[A-Za-z0-9_+=~/-]{20})(?=[A-Za-z_+=~/-]*[0-9])[A-Za-z0-9_+=~-]+/[A-Za-z0-9_+=~/-]+")]
    private static partial Regex LongRunWithSlashes();

    [GeneratedRegex("^-{1,2}[a-z-]*(secret|password|passwd|token|key|credential)[a-z-]*$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretOption();

    [GeneratedRegex(@"\b(bearer|basic)\s+\S+", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"[\s\p{Cc}]+")]
    private static partial Regex Blanks();
}
