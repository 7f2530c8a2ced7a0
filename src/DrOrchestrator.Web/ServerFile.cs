using System.Text.Json;
using System.Text.Json.Serialization;

namespace DrOrchestrator.Web;

/// <summary><c>server.json</c>: where the server of a data folder answers.</summary>
public sealed record ServerFile(string Url, int Pid, DateTimeOffset StartedAt)
{
    /// <summary>As JSON in UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ServerJson.Default.ServerFile);

    /// <summary>Reads the file of a data folder; null when no server says that it runs there.</summary>
    public static ServerFile? Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "server.json");
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ServerJson.Default.ServerFile) : null;
    }
}

/// <summary>The line that says that requests are answered.</summary>
internal sealed record ReadyLine(bool Ready, string Url);

/// <summary>The line that says that another server has the turn and this one waits for it.</summary>
internal sealed record StandingByLine(bool Ready, bool StandingBy, string Url);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ServerFile))]
[JsonSerializable(typeof(ReadyLine))]
[JsonSerializable(typeof(StandingByLine))]
internal sealed partial class ServerJson : JsonSerializerContext;
