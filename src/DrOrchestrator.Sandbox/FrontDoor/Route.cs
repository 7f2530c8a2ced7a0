using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>Where users' requests go. <see cref="By"/> is whatever mark the last writer left; <see cref="Version"/> makes the ETag.</summary>
internal sealed record Route(string Site, long Epoch, string By, long Version)
{
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{Version}\"");

    public static Route From(JsonObject json) => new(json.TextIn("site"), json.IntegerIn("epoch"), json.TextIn("by"), json.IntegerIn("version"));

    public JsonObject ToJson() => new() { ["site"] = Site, ["epoch"] = Epoch, ["by"] = By, ["version"] = Version };
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
            DurableFile.Replace(path, first.ToJson().ToBytes());
        }

        return new RouteFile(path, Route.From(JsonWire.ReadObject(path)));
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
            DurableFile.Replace(_path, next.ToJson().ToBytes());
            _current = next;
            return true;
        }
    }
}
