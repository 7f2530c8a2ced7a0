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

    /// <summary>Makes the namespaces of runs, and what bounds them.</summary>
    public const string Namespace = "dro-namespace";

    /// <summary>Whether a manager is one of them; what applies a patch has a name for each step.</summary>
    public static bool IsOurs(string manager) => manager is Fence or Scale or Patch or Job or Namespace || manager.StartsWith(Patch + "-", StringComparison.Ordinal);
}
