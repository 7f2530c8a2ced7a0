using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>What shall become of an object. A closed set.</summary>
internal abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>It stays as it is.</summary>
    internal sealed record Keep : Decision
    {
        public static readonly Keep It = new();
    }

    /// <summary>It is written; the store stamps the resource version.</summary>
    internal sealed record Put(JsonObject Content) : Decision;

    /// <summary>It is removed; watchers get this last state.</summary>
    internal sealed record Remove(JsonObject LastState) : Decision;
}

/// <summary>One change, as watchers see it: <see cref="Before"/> is null for a new object, <see cref="Gone"/> marks its end.</summary>
internal sealed record Change(StoredObject After, StoredObject? Before, bool Gone)
{
    public long Version => After.Version;
}
