namespace DrOrchestrator.Drills.Journals;

/// <summary>The phases of a run, in words people read at 3 a.m.; saved before the acts they announce.</summary>
public static class DrillPhase
{
    /// <summary>The intent is on record.</summary>
    public const string Opened = "Opened";

    /// <summary>A real run takes its systems over from a drill.</summary>
    public const string Locks = "Taking the systems over";

    /// <summary>Gates are read live.</summary>
    public const string Gates = "Checking gates";

    /// <summary>The run's approvals are asked.</summary>
    public const string Approvals = "Waiting for approval";

    /// <summary>Steady state before.</summary>
    public const string SteadyBefore = "Checking steady state";

    /// <summary>The switch.</summary>
    public const string Steps = "Switching";

    /// <summary>Steady state at the new side.</summary>
    public const string SteadyAfter = "Checking steady state at the new side";

    /// <summary>The way back.</summary>
    public const string WayBack = "On the way back";

    /// <summary>Steady state after the way back.</summary>
    public const string SteadyBack = "Checking steady state after the way back";

    /// <summary>Undoing what was done.</summary>
    public const string RollingBack = "Rolling back";

    /// <summary>Measuring what was demonstrated.</summary>
    public const string Measuring = "Measuring";
}
