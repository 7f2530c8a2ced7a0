namespace DrOrchestrator.Kubernetes;

/// <summary>The forms of a PATCH that Kubernetes takes, by their media types.</summary>
internal enum PatchType
{
    /// <summary>RFC 7386: lists are replaced whole, null removes.</summary>
    Merge,

    /// <summary>RFC 6902: a list of operations.</summary>
    Json,

    /// <summary>As merge, with lists of named things merged by their keys; built-in kinds alone.</summary>
    Strategic,

    /// <summary>Server-side apply: the fields become the sender's.</summary>
    Apply,
}

/// <summary>How <see cref="PatchType"/> is written on the wire.</summary>
internal static class PatchTypes
{
    public static string MediaType(this PatchType type) => type switch
    {
        PatchType.Merge => "application/merge-patch+json",
        PatchType.Json => "application/json-patch+json",
        PatchType.Strategic => "application/strategic-merge-patch+json",
        PatchType.Apply => "application/apply-patch+yaml",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no type of patch"),
    };
}
