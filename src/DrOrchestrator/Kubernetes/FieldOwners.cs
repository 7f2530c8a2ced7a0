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

    /// <summary>Applies manifests in drills, and puts the fields of what was there before back.</summary>
    public const string Apply = "dro-apply";

    /// <summary>Longest name of a manager that Kubernetes takes.</summary>
    private const int Longest = 128;

    /// <summary>Makes Jobs.</summary>
    public const string Job = "dro-job";

    /// <summary>Makes the namespaces of runs, and what bounds them.</summary>
    public const string Namespace = "dro-namespace";

    /// <summary>An applier loses what it leaves out the next time: each step is one of its own.</summary>
    /// <param name="owner"><see cref="Patch"/> or <see cref="Apply"/>.</param>
    public static string OfStep(string owner, string plan, string step) => $"{owner}-{plan}-{step}" is var name && name.Length <= Longest ? name : name[..Longest];

    /// <summary>Whether a manager is one of them; what applies has a name for each step.</summary>
    public static bool IsOurs(string manager) => manager is Fence or Scale or Patch or Apply or Job or Namespace
        || manager.StartsWith(Patch + "-", StringComparison.Ordinal) || manager.StartsWith(Apply + "-", StringComparison.Ordinal);
}
