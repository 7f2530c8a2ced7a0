// The run as the tests see it; the engine has a type of that name too.
global using DrillRun = DrOrchestrator.EndToEnd.Harness.DrillRun;

// Every test here starts a lab of some ten processes: two at once would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
