using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>Where users' requests go. <see cref="By"/> is whatever mark the last writer left; <see cref="Version"/> makes the ETag.</summary>
internal sealed record Route(string Site, long Epoch, string By, long Version)
{
    [JsonIgnore]
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{Version}\"");
}

/// <summary>The current route, on disk before anybody hears of it. Changed only by whoever knows the current one.</summary>
internal sealed class RouteFile
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private volatile Route _current;

    private RouteFile(string path, Route current)
    {
        _path = path;
        _current = current;
    }

    public Route Current => _current;

    public static RouteFile ReadOrCreate(string path, Route first)
    {
        if (!File.Exists(path))
        {
            DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(first, JsonShapes.Default.Route));
        }

        return new RouteFile(path, JsonSerializer.Deserialize(File.ReadAllBytes(path), JsonShapes.Default.Route)!);
    }

    /// <summary>Changes the route when <paramref name="etag"/> is the current one; otherwise returns false and changes nothing.</summary>
    public bool TryChange(string etag, string site, long epoch, string by)
    {
        lock (_gate)
        {
            if (etag != _current.ETag)
            {
                return false;
            }

            var next = new Route(site, epoch, by, _current.Version + 1);
            DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(next, JsonShapes.Default.Route));
            _current = next;
            return true;
        }
    }
}
