using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>A Job's log without the values of its Secrets, or the Secret that keeps anybody from saying what they are.</summary>
/// <param name="Log">Null where it cannot be kept.</param>
/// <param name="Gone">A Secret that is not there any more.</param>
/// <param name="Changed">A Secret that is not what it was when the Job was prepared.</param>
internal sealed record MaskedLog(byte[]? Log, string? Gone, string? Changed);

/// <summary>
/// The Secrets of a Job. That they are there, and in which version, is asked before it is made, as metadata alone; their values pass through this process only to be taken out of its log, and stay
/// nowhere.
/// </summary>
internal static class JobSecrets
{
    /// <summary>Shorter values are words of other things; a log without them would be none.</summary>
    public const int ShortestMasked = 6;

    /// <summary>All that is left of a log whose lines are too long: any part of one may be a part of a value.</summary>
    public const string NoWholeLine = "[nothing of this log is kept: what was read of it has no whole line, so that nobody can say what of it is secret]\n";

    /// <summary>A pod without one of them would wait for it, for as long as nobody looks.</summary>
    /// <returns>Of each its version.</returns>
    /// <exception cref="StepFailedException">One is not there.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> RequireAsync(IKubernetes client, string ns, string site, IEnumerable<string> secrets, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var secret in secrets)
        {
            try
            {
                var read = await client.ReadMetadataAsync(new ObjectAddress("v1", "secrets", ns, secret), cancellationToken).ConfigureAwait(false);
                versions[secret] = Version(read["metadata"]?["uid"]?.ToString(), read["metadata"]?["resourceVersion"]?.ToString());
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                throw new StepFailedException(failure.IsNotFound ? $"there is no secret {ns}/{secret} at {site}" : $"secret {ns}/{secret} at {site} cannot be read: {failure.Reason}") { MayPass = failure.IsPassing };
            }
        }

        return versions;
    }

    /// <summary>The log with the name of each value in its place, also where it is written as JSON, in an address or in Base64. Of values with several lines, and of JSON, each part is looked for too.</summary>
    /// <param name="versions">Of each Secret in its environment, as <see cref="RequireAsync"/> found them.</param>
    public static async Task<MaskedLog> MaskAsync(IKubernetes client, string ns, IReadOnlyList<string> secrets, JsonObject? versions, JobRemains remains, CancellationToken cancellationToken)
    {
        if (secrets.Count == 0)
        {
            return new MaskedLog(remains.Log, null, null);
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
                return new MaskedLog(null, name, null);
            }

            // Its container may have been given what stood there before: nobody knows that value any more.
            if (versions?[name]?.ToString() != Version(secret.Metadata.Uid, secret.Metadata.ResourceVersion))
            {
                return new MaskedLog(null, null, name);
            }

            values.AddRange((secret.Data ?? new Dictionary<string, byte[]>()).SelectMany(entry => Parts(Encoding.UTF8.GetString(entry.Value)).Select(part => (part, $"[secret {name}/{entry.Key}]"))));
        }

        return new MaskedLog(WholeLines(remains) is { Length: > 0 } whole ? Encoding.UTF8.GetBytes(Mask(Encoding.UTF8.GetString(whole), values)) : remains.IsCut ? Encoding.UTF8.GetBytes(NoWholeLine) : [], null, null);
    }

    /// <summary>The longest first: one may be a part of another. Pure.</summary>
    internal static string Mask(string text, IEnumerable<(string Value, string Instead)> values) =>
        values.Where(one => one.Value.Length >= ShortestMasked).OrderByDescending(one => one.Value.Length).Aggregate(text, (masked, one) => SecretForms.Mask(masked, one.Value, one.Instead));

    /// <summary>A value, each line of it, and where it is JSON each text in it with its lines: a key is printed line by line, and one field of an account's file alone. Pure.</summary>
    internal static IEnumerable<string> Parts(string value) => Texts(value).Prepend(value).SelectMany(text => text.Split('\n').Prepend(text)).Select(part => part.Trim()).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Texts(string value)
    {
        try
        {
            return value.TrimStart() is ['{' or '[', ..] ? Texts(JsonNode.Parse(value)).ToList() : [];
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // No JSON, or one with a name twice: its lines are all that can be told.
            return [];
        }
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Texts(entry.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue one when one.TryGetValue(out string? text) => [text],
        _ => [],
    };

    private static string Version(string? uid, string? resourceVersion) => $"{uid} {resourceVersion}";

    /// <summary>Where the log was cut, the line in which it was cut may hold a part of a value.</summary>
    private static byte[] WholeLines(JobRemains remains)
    {
        var log = remains.Log;
        var first = remains.BeginsWithin ? Array.IndexOf(log, (byte)'\n') + 1 : 0;
        var end = remains.EndsWithin ? Array.LastIndexOf(log, (byte)'\n') + 1 : log.Length;
        return (remains.BeginsWithin && first == 0) || end <= first ? [] : log[first..end];
    }
}
