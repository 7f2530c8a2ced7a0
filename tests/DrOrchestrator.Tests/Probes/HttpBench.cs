using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes;

/// <summary>One look of one HTTP probe, as the loop would take it.</summary>
internal sealed class HttpBench : IDisposable
{
    private readonly ProbeConnections _connections = new();
    private readonly ProcessClock _clock = new(TimeProvider.System);

    public static HttpProbeSettings Settings(Uri url) => new(url, "GET", new Dictionary<string, string>(), null, [200], null, FreshConnection: true);

    public async Task<ProbeResult> LookAsync(HttpProbeSettings settings, double timeoutSeconds = 20, bool tellAlways = false)
    {
        using var probe = Create(settings, timeoutSeconds, tellAlways);
        return await probe.RunAsync(default);
    }

    public HttpProbe Create(HttpProbeSettings settings, double timeoutSeconds = 20, bool tellAlways = false)
    {
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(timeoutSeconds), 2, settings);
        return new HttpProbe(definition, settings, new ProbeContext(_connections, _clock) { TellAlways = tellAlways });
    }

    public void Dispose() => _connections.Dispose();
}
