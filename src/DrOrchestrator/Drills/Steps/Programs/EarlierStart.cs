namespace DrOrchestrator.Drills.Steps.Programs;

/// <summary>Programs and commands that may have been started before, by an earlier life of the same intent. Pure.</summary>
internal static class EarlierStart
{
    /// <summary>Failed without effect; unknown where it repeats: what stands against it now, and what it says of itself, says nothing of an earlier start.</summary>
    /// <param name="why">For people.</param>
    public static StepOutcome Failed(StepContext context, string program, string why, IReadOnlyList<RawOutput>? objects = null) =>
        context.Repeats ? new StepOutcome.Unknown($"{why}; {program} may have been started before, and what that did is not known", objects) : new StepOutcome.Failed(why, objects);
}
