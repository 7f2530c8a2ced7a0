using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

/// <summary>A running watch, read line by line.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private Watch(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    public static Task<Watch> StartAsync(TestSite site, string path) => StartAsync(site.Client, path);

    public static async Task<Watch> StartAsync(HttpClient client, string path)
    {
        var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        ((int)response.StatusCode).Should().Be(200);
        return new Watch(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    public async Task<(string Type, JsonObject Object)> NextAsync()
    {
        var line = await ReadAsync() ?? throw new InvalidOperationException("The watch ended.");
        var change = JsonNode.Parse(line)!;
        return (change["type"]!.GetValue<string>(), change["object"]!.AsObject());
    }

    public async Task<bool> EndedAsync() => await ReadAsync() is null;

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string?> ReadAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15), TimeProvider.System);
        return await _reader.ReadLineAsync(patience.Token);
    }
}
