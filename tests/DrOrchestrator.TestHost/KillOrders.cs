using DrOrchestrator.Web;

namespace DrOrchestrator.TestHost;

/// <summary>
/// Where to die, from the environment, so that the command line stays that of <c>dro serve</c>: DRO_KILL_BOUNDARY (before-intent, after-intent, after-effect or
/// after-outcome; without it nothing is killed), DRO_KILL_SIGNAL (KILL, or STOP to stand still there), DRO_KILL_STEPS (names with commas, or <c>all</c>) and DRO_KILLS_FILE (which kills were done, kept over restarts).
/// </summary>
/// <param name="Steps">Names of the steps; null means every step.</param>
internal sealed record KillOrders(KillBoundary Boundary, bool StandStill, IReadOnlySet<string>? Steps, string KillsFile)
{
    /// <summary>Null when nothing is to be killed.</summary>
    public static KillOrders? Read(Func<string, string?> variable)
    {
        if (variable("DRO_KILL_BOUNDARY") is not { } word)
        {
            return null;
        }

        var boundary = Enum.Parse<KillBoundary>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        var steps = variable("DRO_KILL_STEPS") ?? throw new FormatException("DRO_KILL_STEPS is not set");
        var file = variable("DRO_KILLS_FILE") ?? throw new FormatException("DRO_KILLS_FILE is not set");
        return new KillOrders(boundary, variable("DRO_KILL_SIGNAL") == "STOP", steps == "all" ? null : steps.Split(',').ToHashSet(StringComparer.Ordinal), file);
    }

    /// <summary>The arguments of <c>dro serve</c> that the tests use; the database is the one of the environment.</summary>
    public static ServeOptions? Options(string[] arguments) =>
        arguments is ["serve", "--estate", var estate, "--data", var data, "--stop-with-stdin", "--announce-ready", .. var more] && more is [] or ["--stand-by"]
            ? new ServeOptions(estate, data, StopWithStdin: true, AnnounceReady: true, Database: Environment.GetEnvironmentVariable("DRO_DATABASE") is { } text ? new ConnectionText(text) : null)
            {
                StandsBy = more is ["--stand-by"],
            }
            : null;
}
