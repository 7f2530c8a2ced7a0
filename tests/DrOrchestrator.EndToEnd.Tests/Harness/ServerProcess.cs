using System.Text.Json.Nodes;
using DrOrchestrator.Web;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>
/// <c>dro serve</c>, or another executable that takes its arguments, as a real child; it can be killed and started again on the same data folder.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly string _executable;
    private readonly string _estate;
    private readonly string _data;
    private readonly IReadOnlyDictionary<string, string?>? _environment;
    private readonly IReadOnlyList<string> _more;
    private Child _child;

    private ServerProcess(string executable, string estate, string data, IReadOnlyDictionary<string, string?>? environment, IReadOnlyList<string> more)
    {
        (_executable, _estate, _data, _environment, _more) = (executable, estate, data, environment, more);
        _child = Launch(environment);
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    public string Data => _data;

    public int ProcessId => _child.Id;

    public bool HasExited => _child.HasExited;

    public int ExitCode => _child.ExitCode;

    /// <param name="more">Further arguments of <c>serve</c>.</param>
    public static async Task<ServerProcess> StartAsync(
        string estate, string data, string? executable = null, IReadOnlyDictionary<string, string?>? environment = null, IReadOnlyList<string>? more = null)
    {
        Directory.CreateDirectory(data);
        var server = new ServerProcess(executable ?? Child.Dro, estate, data, environment, more ?? []);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again on the same data folder, after it ended; with another environment when one is given.</summary>
    public async Task StartAgainAsync(IReadOnlyDictionary<string, string?>? environment = null)
    {
        await _child.DisposeAsync();
        _child = Launch(environment ?? _environment);
        await ReadyAsync();
    }

    public Task KillAsync() => _child.KillAsync();

    public Task<int> StopAsync() => _child.StopAsync();

    public Task<int> WaitAsync(TimeSpan within) => _child.WaitAsync(within);

    public Task<string> ReadLogAsync() => _child.ReadLogAsync();

    /// <summary>SIGSTOP: it stands still, and its connections stay.</summary>
    public void StandStill() => _child.Signal("-STOP");

    /// <summary>Whether it is stopped by SIGSTOP, as the kernel says.</summary>
    public bool IsStandingStill => File.ReadAllText($"/proc/{_child.Id}/stat").Split(')')[^1].TrimStart()[0] == 'T';

    /// <summary>SIGCONT.</summary>
    public void GoOn() => _child.Signal("-CONT");

    /// <summary>Where it answers now: a server that stood by and took over listens anew.</summary>
    public Uri UrlNow => ServerFile.Read(_data) is { } file ? new Uri(file.Url) : Url;

    /// <summary>A client with the token in <paramref name="tokenFile"/>, or the built-in operator's.</summary>
    public ApiClient Client(string? tokenFile = null) => new(UrlNow, File.ReadLines(tokenFile ?? Path.Combine(_data, "operator.token")).First().Trim());

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private Child Launch(IReadOnlyDictionary<string, string?>? environment) => Child.Start(
        _executable,
        ["serve", "--estate", _estate, "--data", _data, "--stop-with-stdin", "--announce-ready", .. _more],
        _data + ".log",
        environment);

    private async Task ReadyAsync()
    {
        string line = await _child.FirstLineAsync(Patience.Start);
        Url = new Uri(JsonNode.Parse(line)!["url"]!.GetValue<string>());
    }
}
