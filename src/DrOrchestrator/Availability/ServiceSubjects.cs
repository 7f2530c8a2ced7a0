using DrOrchestrator.Estates;

namespace DrOrchestrator.Availability;

/// <summary>Which subjects of the ledger speak for a system: the service probes of its critical functions, and the LQA floors these are held to. Pure.</summary>
internal static class ServiceSubjects
{
    public static IReadOnlyList<(string Name, SubjectPart Part)> Of(Estate estate, ProtectedSystem system) =>
    [
        .. estate.CriticalProbesOf(system).SelectMany(probe => probe.Floors
            .Select(floor => (FloorSubjects.Of(probe.Name, floor.Kind), floor.IsInterruption ? SubjectPart.InterruptingFloor : SubjectPart.DegradingFloor))
            .Prepend((probe.Name, SubjectPart.Probe))),
    ];
}
