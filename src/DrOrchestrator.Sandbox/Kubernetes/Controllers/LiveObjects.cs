using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>The controllers' parsed view of the store; a version that was parsed once is not parsed again.</summary>
internal sealed class LiveObjects(ObjectStore store)
{
    private readonly Dictionary<ObjectKey, (StoredObject Stored, Live Live)> _parsed = [];

    public IReadOnlyList<Live> All(ResourceKind kind) => [.. store.List(kind).Objects.Select(Parsed)];

    public void ForgetTheGone()
    {
        foreach (var key in _parsed.Keys.Where(key => store.Find(key) is null).ToList())
        {
            _parsed.Remove(key);
        }
    }

    private Live Parsed(StoredObject stored)
    {
        if (!_parsed.TryGetValue(stored.Key, out var known) || known.Stored != stored)
        {
            JsonObject content = stored.Parse();
            known = (stored, new Live(stored.Key, stored.Uid, content));
            _parsed[stored.Key] = known;
        }

        return known.Live;
    }
}
