using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>What the modes of a run mean for the engine: one place, read by all. Pure.</summary>
internal static class RunModes
{
    /// <summary>A tabletop touches nothing, a rehearsal only what it names instead of production.</summary>
    public static bool TouchesProduction(RunMode mode) => mode is RunMode.Live or RunMode.Real;

    /// <summary>A tabletop reads nothing either: people say what they would see.</summary>
    public static bool Reads(RunMode mode) => mode is not RunMode.Tabletop;

    /// <summary>A tabletop keeps nobody from working on a system.</summary>
    public static bool Locks(RunMode mode) => mode is not RunMode.Tabletop;

    /// <summary>Whether a run, by its first line, is a real one.</summary>
    public static bool IsReal(IReadOnlyList<JournalEntry> lines) => lines is [var opened, ..] && opened.Data.Text("mode") == "real";

    /// <summary>What a failed step leads to: drills roll back unless the plan says otherwise, a real run never without being asked.</summary>
    public static FailurePolicy After(RunMode mode, OnFailure? onFailure) => (mode, onFailure) switch
    {
        (_, OnFailure.Rollback) => FailurePolicy.Rollback,
        (RunMode.Real, _) => FailurePolicy.Ask,
        (RunMode.Tabletop, _) or (_, OnFailure.Stop or OnFailure.Continue) => FailurePolicy.Close,
        _ => FailurePolicy.Rollback,
    };
}
