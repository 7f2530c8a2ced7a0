using System.Text.Json.Nodes;

namespace DrOrchestrator.Plans;

/// <summary>A file of Kubernetes manifests beside a plan, as it was read with the plan.</summary>
/// <param name="File">Its path from the plan's folder, as the plan writes it.</param>
/// <param name="Hash">SHA-256 of its bytes, in lower-case hex.</param>
/// <param name="Documents">In the order of the file; empty ones left out.</param>
public sealed record Manifest(string File, string Hash, IReadOnlyList<ManifestDocument> Documents)
{
    /// <summary>The bytes that were read and hashed.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }
}

/// <summary>One object of a file of manifests.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Line">Where it begins, 1-based.</param>
/// <param name="Value">As written; apiVersion, kind and metadata.name are texts that are there.</param>
public sealed record ManifestDocument(int Number, int Line, JsonObject Value)
{
    /// <summary><c>v1</c>, <c>apps/v1</c>.</summary>
    public string Api => Value["apiVersion"]!.ToString();

    /// <summary><c>Deployment</c>.</summary>
    public string Kind => Value["kind"]!.ToString();

    /// <summary>Of the object.</summary>
    public string Name => Value["metadata"]!["name"]!.ToString();

    /// <summary>The namespace it names itself; null where it is the step's.</summary>
    public string? Namespace => Value["metadata"]!["namespace"]?.ToString();

    /// <summary><c>Deployment ledger-api</c>.</summary>
    public override string ToString() => $"{Kind} {Name}";
}

/// <summary>Why a document is not taken.</summary>
public sealed record ManifestProblem(string Found, string Allowed, string Remedy);
