using System.Globalization;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Gates;

/// <summary><c>no-freeze</c>, the gate that every drill has without naming it where the estate declares freezes. Pure.</summary>
internal static class NoFreeze
{
    /// <summary>One result per freeze in force, one that passes where none is, nothing where none concerns the systems or the run is a real incident.</summary>
    /// <param name="mode">Word of the run's mode.</param>
    public static IReadOnlyList<GateResult> Check(Estate estate, IReadOnlyCollection<string> systems, string mode, DateTimeOffset now)
    {
        if (mode == "real" || !estate.Freezes.Any(freeze => freeze.Concerns(systems)))
        {
            return [];
        }

        var inForce = estate.FreezesOf(systems, now);
        return inForce.Count == 0
            ? [Result("no-freeze", true, "no freeze in force", "")]
            : [.. inForce.Select(freeze => Result($"no-freeze {freeze.Name}", false, Words(freeze, now), $"Wait until the freeze is over, or have {freeze.Signer} change it in the estate."))];
    }

    /// <summary><c>frozen until 2027-01-05 by Wang: year-end closing</c>.</summary>
    public static string Words(Freeze freeze, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"frozen until {freeze.LastDay(at):yyyy-MM-dd} by {freeze.Signer}: {freeze.Reason}");

    private static GateResult Result(string check, bool passed, string value, string remedy) => new(check, passed, value, "no freeze", "freezes of the estate", TimeSpan.Zero, remedy);
}
