namespace DrOrchestrator.Kubernetes;

/// <summary>The words this program writes on objects; the same on every kind.</summary>
internal static class Annotations
{
    public const string Run = "drorchestrator.io/run";
    public const string Step = "drorchestrator.io/step";
    public const string Epoch = "drorchestrator.io/epoch";

    /// <summary>The mark of the effect: <c>dro-LOG-RUN-STEP-ATTEMPT</c>.</summary>
    public const string Marker = "drorchestrator.io/marker";

    /// <summary>On a Job that acts on the volume of a database, and on its pod: the verb of the host's script.</summary>
    public const string HostVerb = "drorchestrator.io/host-verb";

    /// <summary><see cref="FenceHeld"/> while a fence holds the workload at 0, <see cref="FenceLifted"/> after.</summary>
    public const string Fence = "drorchestrator.io/fence";

    public const string FenceHeld = "held";
    public const string FenceLifted = "lifted";

    /// <summary>The mark of an undo that found the workload never held: a late request to hold it meets another resourceVersion since.</summary>
    public const string FenceClosed = "drorchestrator.io/fence-closed";

    /// <summary>JSON: which pods of the workload were seen to end, under which fence.</summary>
    public const string FenceRecord = "drorchestrator.io/fence-record";

    /// <summary>On a pod: it may not vanish before its end was seen.</summary>
    public const string FenceFinalizer = "drorchestrator.io/fence";
}
