using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>What a document of a manifest may be, so that its object can be known again, taken back, and shown to anybody. Pure.</summary>
internal static partial class ManifestRules
{
    private const int LongestName = 253;

    /// <summary>Kinds known to belong to a whole cluster; others are told by the cluster itself before anything is sent.</summary>
    private static readonly string[] OfTheCluster =
    [
        "Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "APIService", "StorageClass", "CSIDriver", "CSINode", "PriorityClass", "RuntimeClass", "IngressClass",
        "VolumeSnapshotClass", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ClusterImageCatalog",
    ];

    private static readonly string[] OwnMetadata = ["name", "namespace", "labels", "annotations"];

    public static IEnumerable<ManifestProblem> Judge(ManifestDocument document)
    {
        var (value, metadata) = (document.Value, document.Value["metadata"] as JsonObject ?? []);
        if (!ObjectAddress.IsApiVersion(document.Api))
        {
            yield return new($"'{document.Api}' is no apiVersion", "v1 or GROUP/VERSION", "Write it as the kind's API does.");
        }

        if (value["items"] is not null && document.Kind.EndsWith("List", StringComparison.Ordinal))
        {
            yield return new("a list of objects", "one object in each document", "Write its items as documents of their own, with --- between them.");
        }

        if (document is { Api: "v1", Kind: "Secret" })
        {
            yield return new("a Secret, which would be kept with every run", "anything but Secrets", "Make it beforehand, or let k8s.namespace copy it by name.");
        }

        if (OfTheCluster.Contains(document.Kind))
        {
            yield return new("it belongs to the whole cluster", "objects of the step's namespace", "Make it beforehand: taken back, it would be gone for everybody; a namespace for a run is k8s.namespace.");
        }

        if (document.Name.Length > LongestName || !Name().IsMatch(document.Name))
        {
            yield return new($"'{document.Name}' is no name of an object", "letters, digits, '-', '.', ':' and '_'", "Correct metadata.name.");
        }

        if (metadata.Where(entry => !OwnMetadata.Contains(entry.Key) && entry.Value is not null).Select(entry => entry.Key).ToList() is { Count: > 0 } foreign)
        {
            yield return new($"metadata.{string.Join(", metadata.", foreign)}", "name, namespace, labels and annotations", "Leave it out: it is the server's, or cannot be put back.");
        }

        foreach (var map in ((string[])["labels", "annotations"]).Where(name => metadata[name] is { } node && (node is not JsonObject entries || entries.Any(entry => entry.Value is not JsonValue text || !text.TryGetValue<string>(out _)))))
        {
            yield return new($"metadata.{map} that are no texts", "a mapping of texts", "Put numbers, true and false into quotes.");
        }

        if ((metadata["annotations"] as JsonObject)?.Any(entry => PatchSettings.IsMark(entry.Key)) is true)
        {
            yield return new("annotations of drorchestrator.io/", "any others", "They are the marks by which steps and fences know their objects.");
        }

        if (value["status"] is not (null or JsonObject { Count: 0 }))
        {
            yield return new("a status", "no status", "Leave it out: it is written by whoever looks after the object.");
        }

        if (SecretFields.In(value, []).FirstOrDefault() is { } secret)
        {
            yield return new($"'{secret}' holds a secret by its name, and would be kept with every run", "no field that holds a secret by its name", "Refer to a Secret.");
        }

        if (SecretWords.In(value, []).FirstOrDefault() is { } word)
        {
            yield return new(SecretWords.Found(word.At, word.Name), SecretWords.Allowed, SecretWords.LetItRead);
        }
    }

    /// <summary>The object as it is sent: in the step's namespace, without what only clients write.</summary>
    public static JsonObject Sent(ManifestDocument document, string ns)
    {
        var value = document.Value.DeepClone().AsObject();
        value.Remove("status");
        var metadata = value["metadata"]!.AsObject();
        foreach (var none in metadata.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList())
        {
            metadata.Remove(none);
        }

        metadata["namespace"] = ns;
        return value;
    }

    /// <summary>As a server guesses it, right for every kind of Kubernetes itself; what a cluster serves is asked before anything is sent.</summary>
    public static string GuessedPlural(string kind)
    {
        var word = kind.ToLowerInvariant();
        return word is "endpoints" ? word
            : word.EndsWith('s') ? word + "es"
            : word.EndsWith('y') && word is not [.., 'a' or 'e' or 'o' or 'u', _] ? word[..^1] + "ies"
            : word + "s";
    }

    /// <summary>A workload is the same target to whoever scales it.</summary>
    public static string TargetName(ManifestDocument document) => (document.Api, document.Kind) switch
    {
        ("apps/v1", "Deployment") => $"deployment/{document.Name}",
        ("apps/v1", "StatefulSet") => $"statefulset/{document.Name}",
        _ => $"{Resource(document)} ({document.Api})",
    };

    private static string Resource(ManifestDocument document) => $"{GuessedPlural(document.Kind)}/{document.Name}";

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9:._-]*[A-Za-z0-9])?$")]
    private static partial Regex Name();
}
