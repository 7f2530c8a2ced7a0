using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>How an object shall be deleted.</summary>
/// <param name="GraceSeconds">Null: as the object itself says.</param>
/// <param name="Propagation">Background, Foreground or Orphan.</param>
internal sealed record DeleteOptions(int? GraceSeconds = null, string Propagation = "Background", string? Uid = null, string? Version = null, bool DryRun = false)
{
    private static readonly string[] Policies = ["Background", "Foreground", "Orphan"];

    public static DeleteOptions Read(JsonObject? body, Func<string, string?> query, bool dryRun)
    {
        if (body?["orphanDependents"] is not null || query("orphanDependents") is not null)
        {
            throw ApiRefusal.NotServed("orphanDependents; use propagationPolicy");
        }

        var grace = body.Number("gracePeriodSeconds");
        if (query("gracePeriodSeconds") is { } text)
        {
            grace = int.TryParse(text, out var seconds) ? seconds : throw ApiRefusal.BadRequest($"gracePeriodSeconds: '{text}' is not a number");
        }

        if (grace < 0)
        {
            throw ApiRefusal.BadRequest($"gracePeriodSeconds: {grace} must not be negative");
        }

        var policy = query("propagationPolicy") ?? body.Text("propagationPolicy") ?? "Background";
        if (!Policies.Contains(policy))
        {
            throw ApiRefusal.BadRequest($"propagationPolicy: '{policy}' is not one of {string.Join(", ", Policies)}");
        }

        return new DeleteOptions(grace, policy, body.Text("preconditions", "uid"), body.Text("preconditions", "resourceVersion"), dryRun);
    }
}
