using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>A patch of one object that the server is only asked to try, on exactly what was seen of it.</summary>
internal static class TriedPatch
{
    /// <param name="body">The request for what was seen.</param>
    /// <exception cref="StepFailedException">Others changed the object between each look and its try: nobody knows what would become of it.</exception>
    public static async Task<TriedObject> TakeAsync(IKubernetes client, ObjectAddress address, PatchType type, Func<JsonObject, JsonNode> body, string owner, bool force, TimeProvider time, CancellationToken cancellationToken)
    {
        var (seen, would) = await SettledLook.TakeAsync<(JsonObject, JsonObject)>(
            async isLast =>
            {
                var seen = await client.ReadObjectAsync(address, cancellationToken).ConfigureAwait(false);
                try
                {
                    return (seen, await client.PatchObjectAsync(address, type, body(seen), owner, force, dryRun: true, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsConflict: true, IsFieldConflict: false } failure)
                {
                    return isLast ? throw new StepFailedException($"{address} was changed between each look and its try: {failure.Reason}") { MayPass = true } : null;
                }
            },
            time,
            cancellationToken).ConfigureAwait(false);
        return FieldChanges.Tried(address, FieldChanges.Between(seen, would));
    }
}
