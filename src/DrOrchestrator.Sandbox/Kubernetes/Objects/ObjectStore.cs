using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>All objects of a site. Decisions are taken one at a time; each is on disk before anyone can see it.</summary>
internal sealed class ObjectStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, StoredObject> _objects = [];
    private readonly ObjectFiles _files;
    private readonly VersionCounter _versions;
    private readonly ChangeHistory _history;
    private ChangeFeed[] _feeds = [];

    public ObjectStore(string folder, int watchHistory)
    {
        Directory.CreateDirectory(folder);
        _files = new ObjectFiles(Path.Combine(folder, "objects"));
        _versions = new VersionCounter(Path.Combine(folder, "resource-version"));
        _history = new ChangeHistory(watchHistory, _versions.Current);
        foreach (var stored in _files.Load())
        {
            _objects[stored.Key] = stored;
        }
    }

    public StoredObject? Find(ObjectKey key)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    /// <summary>All objects of a kind (in one namespace when given), by name, and the version they are the state of.</summary>
    public (IReadOnlyList<StoredObject> Objects, long Version) List(ResourceKind kind, string? inNamespace = null)
    {
        lock (_gate)
        {
            var found = _objects.Values.Where(stored => stored.Key.Kind == kind && (inNamespace is null || stored.Key.Namespace == inNamespace)).ToList();
            found.Sort((one, other) => string.CompareOrdinal(one.Key.Namespace + "/" + one.Key.Name, other.Key.Namespace + "/" + other.Key.Name));
            return (found, _versions.Current);
        }
    }

    public IReadOnlyList<StoredObject> Everything()
    {
        lock (_gate)
        {
            return [.. _objects.Values];
        }
    }

    /// <summary>Changes after that version, and the version up to which they reach; the list is null when history does not reach back so far.</summary>
    public (IReadOnlyList<Change>? Changes, long UpTo) ChangesAfter(long version)
    {
        lock (_gate)
        {
            return (_history.After(version), _versions.Current);
        }
    }

    public ChangeFeed Subscribe(Func<Change, bool> concerns)
    {
        var feed = new ChangeFeed(concerns);
        lock (_gate)
        {
            _feeds = [.. _feeds, feed];
        }

        return feed;
    }

    public void Unsubscribe(ChangeFeed feed)
    {
        lock (_gate)
        {
            _feeds = [.. _feeds.Where(other => other != feed)];
        }

        feed.Dispose();
    }

    /// <summary>Decides about one object with nothing else changing meanwhile.</summary>
    /// <param name="dryRun">Answers what would be, changes nothing.</param>
    /// <returns>The object as it is now; its last state when it was removed; null when there was and is none.</returns>
    public StoredObject? Transact(ObjectKey key, bool dryRun, Func<StoredObject?, Decision> decide)
    {
        lock (_gate)
        {
            var before = _objects.GetValueOrDefault(key);
            switch (decide(before))
            {
                case Decision.Put put when dryRun:
                    return StoredObject.From(key, put.Content);
                case Decision.Remove remove when dryRun:
                    return StoredObject.From(key, remove.LastState);
                case Decision.Put put:
                    var written = Stamp(key, put.Content);
                    _files.Write(written);
                    _objects[key] = written;
                    Publish(new Change(written, before, Gone: false));
                    return written;
                case Decision.Remove remove:
                    var last = Stamp(key, remove.LastState);
                    _files.Delete(key);
                    _objects.Remove(key);
                    Publish(new Change(last, before, Gone: true));
                    return last;
                default:
                    return before;
            }
        }
    }

    private StoredObject Stamp(ObjectKey key, JsonObject content)
    {
        content["metadata"]!["resourceVersion"] = _versions.Next().ToString(CultureInfo.InvariantCulture);
        return StoredObject.From(key, content);
    }

    private void Publish(Change change)
    {
        _history.Add(change);
        foreach (var feed in _feeds)
        {
            feed.Offer(change);
        }
    }
}
