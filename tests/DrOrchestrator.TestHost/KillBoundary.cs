namespace DrOrchestrator.TestHost;

/// <summary>Where, beside the effect of a step, the process dies.</summary>
internal enum KillBoundary
{
    /// <summary>The step is due; nothing of it is on record.</summary>
    BeforeIntent,

    /// <summary>The intent is durable; nothing has been done.</summary>
    AfterIntent,

    /// <summary>It has been done; its outcome is not on record.</summary>
    AfterEffect,

    /// <summary>The outcome is durable; nothing has followed.</summary>
    AfterOutcome,
}
