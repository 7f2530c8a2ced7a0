using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.Probes.Vantage;

/// <summary>A vantage point that never suspects itself.</summary>
internal static class NoControls
{
    public static ControlTargets Of(ProcessClock clock) => new(VantagePoint.Undeclared, _ => throw new InvalidOperationException("there is no control to open"), clock, NullLogger.Instance);
}
