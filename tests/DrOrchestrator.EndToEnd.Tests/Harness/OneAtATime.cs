// The run as the tests see it; the engine has a type of that name too.
global using DrillRun = DrOrchestrator.EndToEnd.Harness.DrillRun;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>
/// Every test here starts a lab of some ten processes: two at once would measure each other. Only the few that mostly wait for leases and limits to run out, and measure nothing, carry
/// <see cref="WaitsAttribute"/> instead: they run two at a time, before the others.
/// </summary>
[CollectionDefinition(nameof(OneAtATime), DisableParallelization = true)]
public sealed class OneAtATime;

/// <summary>A class of tests that may run beside another one of its like (<see cref="OneAtATime"/>).</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WaitsAttribute : Attribute;
