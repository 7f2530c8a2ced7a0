using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>Secrets copied by name into a namespace of a run. Their values pass through this process and stay nowhere: names, uids and versions are all that intents and outputs hold.</summary>
internal static class NamespaceSecrets
{
    /// <summary>On a copy: whose copy it is.</summary>
    private const string CopiedFrom = "drorchestrator.io/copied-from";

    private const string ServiceAccountToken = "kubernetes.io/service-account-token";

    /// <summary>Which are meant, live.</summary>
    /// <exception cref="StepFailedException">One is not there, or is none that may be copied.</exception>
    public static async Task<JsonArray> PrepareAsync(IKubernetes client, NamespaceSettings settings, string site, CancellationToken cancellationToken)
    {
        var found = new JsonArray();
        foreach (var secret in settings.Secrets)
        {
            var seen = await SiteCalls.ReadOrFailAsync($"secret {secret} at {site}", () => client.FindAsync(PathOf(secret), cancellationToken), cancellationToken).ConfigureAwait(false)
                ?? throw new StepFailedException($"there is no secret {secret} at {site}");
            if (seen["type"]?.ToString() == ServiceAccountToken)
            {
                throw new StepFailedException($"secret {secret} is the token of a service account: a copy would be its rights");
            }

            found.Add(new JsonObject { ["from"] = secret.ToString(), ["uid"] = RunNamespace.Uid(seen), ["version"] = seen["metadata"]!["resourceVersion"]!.ToString() });
        }

        return found;
    }

    /// <summary>Makes the copies that are not there yet.</summary>
    /// <returns>Null once all are there; otherwise why one cannot be.</returns>
    public static async Task<string?> CopyAsync(IKubernetes client, string ns, JsonArray secrets, EffectMark mark, Action permit, CancellationToken cancellationToken)
    {
        foreach (var secret in secrets.OfType<JsonObject>())
        {
            var source = new SecretName(secret.Text("from").Split('/')[0], secret.Text("from").Split('/')[1]);
            if (await client.FindAsync(PathOf(source with { Namespace = ns }), cancellationToken).ConfigureAwait(false) is { } copy)
            {
                if (copy["metadata"]?["annotations"]?[CopiedFrom]?.ToString() != source.ToString())
                {
                    return $"a secret {source.Name} is in namespace {ns} that is no copy of {source}";
                }

                continue;
            }

            if (await client.FindAsync(PathOf(source), cancellationToken).ConfigureAwait(false) is not { } seen || RunNamespace.Uid(seen) != secret.Text("uid") || seen["metadata"]!["resourceVersion"]!.ToString() != secret.Text("version"))
            {
                return $"secret {source} was changed since it was prepared";
            }

            var made = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = RunNamespace.Metadata(source.Name, mark.And(CopiedFrom, source.ToString())),
                ["type"] = seen["type"]?.DeepClone(),
                ["immutable"] = true,
                ["data"] = seen["data"]?.DeepClone(),
            };
            permit();
            await client.CreateAsync($"{RunNamespace.PathOf(ns)}/secrets", made, FieldOwners.Namespace, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private static string PathOf(SecretName secret) => $"{RunNamespace.PathOf(secret.Namespace)}/secrets/{secret.Name}";
}
