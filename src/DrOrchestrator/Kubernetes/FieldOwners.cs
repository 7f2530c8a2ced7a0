namespace DrOrchestrator.Kubernetes;

/// <summary>Names under which fields are owned. Stable: another name would be another owner, and the fields would be shared.</summary>
internal static class FieldOwners
{
    /// <summary>Holds workloads at 0.</summary>
    public const string Fence = "dro-fence";

    /// <summary>Sets replicas in drills, and puts them back.</summary>
    public const string Scale = "dro-scale";

    /// <summary>Patches objects in drills, and puts their fields back.</summary>
    public const string Patch = "dro-patch";

    /// <summary>Makes Jobs.</summary>
    public const string Job = "dro-job";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Fence, Scale, Patch, Job];
}
