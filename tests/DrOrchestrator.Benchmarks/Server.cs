using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Benchmarks;

/// <summary>A <c>dro serve</c> of its own, from process start to the ready line.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task<string> _output;

    private Server(Process process, Task<string> errors, string url, string data, TimeSpan toReady, TimeSpan processorTime)
    {
        (_process, _errors, Url, Data, ToReady, ProcessorTime) = (process, errors, url, data, toReady, processorTime);
        _output = process.StandardOutput.ReadToEndAsync();
    }

    public string Url { get; }

    /// <summary>Its data folder.</summary>
    public string Data { get; }

    /// <summary>Wall clock from before the process was made until its ready line was read.</summary>
    public TimeSpan ToReady { get; }

    /// <summary>What all its threads used of the cores until then: other people's load moves it little.</summary>
    public TimeSpan ProcessorTime { get; }

    public int Id => _process.Id;

    /// <summary>When its ready line was read.</summary>
    public DateTimeOffset ReadyAt { get; } = TimeProvider.System.GetUtcNow();

    /// <param name="more">Further arguments of <c>serve</c>.</param>
    public static async Task<Server> StartAsync(Published published, string estate, string data, params IEnumerable<string> more)
    {
        var began = TimeProvider.System.GetTimestamp();
        var process = published.Start(["serve", "--estate", estate, "--data", data, "--announce-ready", "--stop-with-stdin", .. more]);
        var errors = process.StandardError.ReadToEndAsync();
        var ready = await process.StandardOutput.ReadLineAsync();
        var toReady = TimeProvider.System.GetElapsedTime(began);

        // One that stands by says that it does, with its address.
        if (ready?.Contains("\"url\":", StringComparison.Ordinal) != true)
        {
            process.Kill();
            throw new InvalidOperationException($"dro serve did not get ready: {ready}{await errors}");
        }

        return new Server(process, errors, JsonNode.Parse(ready)!["url"]!.GetValue<string>(), data, toReady, process.TotalProcessorTime);
    }

    /// <summary>SIGKILL; disposing it afterwards does no harm.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as <c>--stop-with-stdin</c> says.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await Task.WhenAll(_errors, _output);
        _process.Dispose();
    }
}
