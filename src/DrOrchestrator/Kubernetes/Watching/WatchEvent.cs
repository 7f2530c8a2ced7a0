using System.Buffers;
using System.Text.Json;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>One line of a watch. A closed set.</summary>
/// <param name="Version">The resourceVersion up to which the stream has told everything; null where it does not say.</param>
internal abstract record WatchEvent(string? Version)
{
    /// <summary>ADDED or MODIFIED.</summary>
    public sealed record Seen(PodSight Pod, string? Version) : WatchEvent(Version);

    /// <summary>DELETED.</summary>
    public sealed record Deleted(string Uid, string? Version) : WatchEvent(Version);

    /// <summary>BOOKMARK: nothing has changed up to this version.</summary>
    public sealed record Bookmark(string? Version) : WatchEvent(Version);

    /// <summary>ERROR: the last word of a stream.</summary>
    public sealed record Error(int Code, string Message) : WatchEvent((string?)null);

    /// <summary>A type that this program does not know.</summary>
    public sealed record Other(string? Type) : WatchEvent((string?)null);

    /// <summary>Reads a line; throws <see cref="JsonException"/> when it is none. The type may stand before or behind the object.</summary>
    public static WatchEvent Read(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string? type = null;
        Utf8JsonReader value = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("no object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isObject) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("object"u8));
            reader.Read();
            if (isType)
            {
                type = reader.GetString();
            }
            else if (isObject)
            {
                value = reader;
            }

            reader.Skip();
        }

        return value.TokenType != JsonTokenType.None ? Read(type, value) : throw new JsonException("no object in it");
    }

    private static WatchEvent Read(string? type, Utf8JsonReader value)
    {
        if (type == "ERROR")
        {
            var status = JsonSerializer.Deserialize(ref value, WireContext.Default.StatusWire);
            return new Error(status?.Code ?? 0, status?.Message ?? status?.Reason ?? "no reason given");
        }

        if (type is not ("ADDED" or "MODIFIED" or "DELETED" or "BOOKMARK"))
        {
            return new Other(type);
        }

        var pod = JsonSerializer.Deserialize(ref value, WireContext.Default.PodWire) ?? throw new JsonException("its object is null");
        var version = pod.Metadata?.ResourceVersion;
        return type switch
        {
            "BOOKMARK" => new Bookmark(version),
            "DELETED" => new Deleted(pod.Metadata?.Uid ?? pod.Metadata?.Name ?? "", version),
            _ => new Seen(PodSight.Of(pod), version),
        };
    }
}
