namespace DrOrchestrator.TestHost;

/// <summary>What the host was told: its data folder and where to die.</summary>
/// <param name="Steps">Names of the steps; null means every step.</param>
/// <param name="KillsFile">One line per kill, kept over restarts.</param>
public sealed record KillOrders(string Estate, string Data, KillBoundary? Boundary, IReadOnlySet<string>? Steps, string? KillsFile)
{
    private const string Usage =
        "usage: --estate DIR --data DIR [--kill-boundary before-intent|after-intent|after-effect|after-outcome --kill-steps all|NAME,NAME --kills FILE]";

    /// <summary>Reads the command line; null and a message when it cannot be meant.</summary>
    public static (KillOrders? Orders, string Problem) Parse(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at + 1 < arguments.Count; at += 2)
        {
            given[arguments[at]] = arguments[at + 1];
        }

        if (arguments.Count % 2 != 0 || !given.TryGetValue("--estate", out var estate) || !given.TryGetValue("--data", out var data))
        {
            return (null, Usage);
        }

        if (!given.TryGetValue("--kill-boundary", out var word))
        {
            return (new KillOrders(estate, data, null, null, null), "");
        }

        return Enum.TryParse<KillBoundary>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var boundary)
            && given.TryGetValue("--kill-steps", out var steps)
            && given.TryGetValue("--kills", out var kills)
                ? (new KillOrders(estate, data, boundary, steps == "all" ? null : steps.Split(',').ToHashSet(StringComparer.Ordinal), kills), "")
                : (null, Usage);
    }
}
