using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>A small JSON document on disk, changed only by whoever knows its current version; on disk before anybody hears of a change.</summary>
internal sealed class VersionedDocument
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private volatile JsonObject _current;

    private VersionedDocument(string path, JsonObject current) => (_path, _current) = (path, current);

    /// <summary>Never changed in place; a copy for whoever wants to.</summary>
    public JsonObject Current => (JsonObject)_current.DeepClone();

    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{_current.IntegerIn("version")}\"");

    /// <param name="first">Without a version.</param>
    public static VersionedDocument ReadOrCreate(string path, JsonObject first)
    {
        if (!File.Exists(path))
        {
            first["version"] = 1;
            DurableFile.Replace(path, first.ToBytes());
        }

        return new VersionedDocument(path, JsonWire.ReadObject(path));
    }

    /// <summary>Puts <paramref name="next"/> in its place when <paramref name="etag"/> is the current one; otherwise returns false and changes nothing.</summary>
    public bool TryChange(string etag, JsonObject next)
    {
        lock (_gate)
        {
            if (etag != ETag)
            {
                return false;
            }

            next["version"] = _current.IntegerIn("version") + 1;
            DurableFile.Replace(_path, next.ToBytes());
            _current = next;
            return true;
        }
    }
}
