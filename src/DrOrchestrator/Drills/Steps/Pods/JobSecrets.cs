using System.Text;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>
/// The Secrets of a Job. That they are there is asked before it is made, as metadata alone; their values pass through this process only to be taken out of its log, and stay nowhere.
/// </summary>
internal static class JobSecrets
{
    /// <summary>Shorter values are words of other things; a log without them would be none.</summary>
    public const int ShortestMasked = 6;

    /// <summary>A pod without one of them would wait for it, for as long as nobody looks.</summary>
    /// <exception cref="StepFailedException">One is not there.</exception>
    public static async Task RequireAsync(IKubernetes client, string ns, string site, IEnumerable<string> secrets, CancellationToken cancellationToken)
    {
        foreach (var secret in secrets)
        {
            try
            {
                await client.ReadMetadataAsync(new ObjectAddress("v1", "secrets", ns, secret), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                throw new StepFailedException(failure.IsNotFound ? $"there is no secret {ns}/{secret} at {site}" : $"secret {ns}/{secret} at {site} cannot be read: {failure.Reason}") { MayPass = failure.IsPassing };
            }
        }
    }

    /// <summary>The log with the name of each value in its place, also where it is written as JSON, in an address or in Base64.</summary>
    /// <returns>The log, or null and the name of a Secret that is not there any more: nobody can say what is to be taken out.</returns>
    public static async Task<(byte[]? Log, string? Gone)> MaskAsync(IKubernetes client, string ns, IReadOnlyList<string> secrets, byte[] log, CancellationToken cancellationToken)
    {
        if (secrets.Count == 0)
        {
            return (log, null);
        }

        var values = new List<(string Value, string Instead)>();
        foreach (var name in secrets)
        {
            V1Secret secret;
            try
            {
                secret = await client.CoreV1.ReadNamespacedSecretAsync(name, ns, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
            {
                return (null, name);
            }

            values.AddRange((secret.Data ?? new Dictionary<string, byte[]>()).Select(entry => (Encoding.UTF8.GetString(entry.Value).Trim(), $"[secret {name}/{entry.Key}]")));
        }

        return (Encoding.UTF8.GetBytes(Mask(Encoding.UTF8.GetString(WholeLines(log)), values)), null);
    }

    /// <summary>The longest first: one may be a part of another. Pure.</summary>
    internal static string Mask(string text, IEnumerable<(string Value, string Instead)> values) =>
        values.Where(one => one.Value.Length >= ShortestMasked).OrderByDescending(one => one.Value.Length).Aggregate(text, (masked, one) => SecretForms.Mask(masked, one.Value, one.Instead));

    /// <summary>Of a log that was cut the line in which it was cut may begin in the middle of a value.</summary>
    private static byte[] WholeLines(byte[] log) => log.Length < JobRemains.LongestLog ? log : log[(Array.IndexOf(log, (byte)'\n') + 1)..];
}
