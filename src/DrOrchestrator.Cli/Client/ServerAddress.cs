using System.Text.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Cli.Client;

/// <summary>Where a server is and which token speaks to it.</summary>
internal sealed record ServerAddress(Uri Url, string Token)
{
    /// <summary>From <c>--data</c>, or from <c>--server</c> with <c>--token-file</c>; everything else is a usage error that says what to do.</summary>
    public static ServerAddress Resolve(string? data, string? server, string? tokenFile) => (data, server) switch
    {
        (null, null) => throw Usage("Which server? Give --data DIR (the data folder of a server on this machine), or --server URL with --token-file FILE."),
        (not null, not null) => throw Usage("--data and --server exclude each other: --data already names the server."),
        (not null, null) => FromDataFolder(data, tokenFile),
        (null, not null) => new ServerAddress(
            Uri.TryCreate(server, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? url
                : throw Usage($"--server '{server}' is no address; allowed: http://HOST:PORT or https://HOST:PORT."),
            ReadToken(tokenFile ?? throw Usage("--server needs --token-file FILE, a file whose first line is your token."))),
    };

    /// <summary>The first line of a token file.</summary>
    public static string ReadToken(string file)
    {
        try
        {
            var token = File.ReadLines(file).FirstOrDefault()?.Trim();
            return string.IsNullOrEmpty(token) ? throw Usage($"The token file {file} is empty; its first line must be the token.") : token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Usage($"The token file {file} cannot be read ({e.Message.TrimEnd('.')}). Give --token-file FILE with a file that you may read.");
        }
    }

    private static ServerAddress FromDataFolder(string data, string? tokenFile)
    {
        // The folder of a quickstart holds the server's folder: both names lead to the server.
        var folder = !File.Exists(Path.Combine(data, "server.json")) && File.Exists(Path.Combine(data, "server", "server.json")) ? Path.Combine(data, "server") : data;
        var file = Path.Combine(folder, "server.json");
        if (!File.Exists(file))
        {
            throw Usage($"No server has run in {data} (there is no server.json). Start one: dro serve --estate DIR --data {data}");
        }

        try
        {
            var url = JsonNode.Parse(File.ReadAllText(file))?["url"]?.GetValue<string>();
            return new ServerAddress(new Uri(url!), ReadToken(tokenFile ?? Path.Combine(folder, "operator.token")));
        }
        catch (Exception e) when (e is JsonException or ArgumentNullException or UriFormatException or InvalidOperationException)
        {
            throw Usage($"{file} does not name a server ({e.Message.TrimEnd('.')}). Start the server again, or give --server URL.");
        }
    }

    private static CommandFailedException Usage(string message) => new(ExitCodes.Usage, message);
}
