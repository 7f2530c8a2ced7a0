namespace DrOrchestrator.Kubernetes;

/// <summary>What has replicas: <c>deployment/NAME</c> or <c>statefulset/NAME</c>.</summary>
internal sealed record WorkloadName(string Kind, string Name)
{
    public const string Deployment = "deployment";
    public const string StatefulSet = "statefulset";

    /// <summary>The kind as the API writes it.</summary>
    public string ApiKind => Kind == Deployment ? "Deployment" : "StatefulSet";

    /// <summary>Reads it; throws <see cref="FormatException"/> with what is allowed.</summary>
    public static WorkloadName Parse(string text) =>
        text.Split('/') is [Deployment or StatefulSet, { Length: > 0 }] parts
            ? new WorkloadName(parts[0], parts[1])
            : throw new FormatException($"'{text}' is no workload; allowed: deployment/NAME, statefulset/NAME");

    public override string ToString() => $"{Kind}/{Name}";
}
