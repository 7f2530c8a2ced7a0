using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes;

public sealed class TcpProbeTests : IDisposable
{
    private readonly ProbeConnections _connections = new();

    public void Dispose() => _connections.Dispose();

    [Fact]
    public async Task RunAsync_SomebodyAccepts_IsUp()
    {
        await using var target = new TcpTarget((_, _) => Task.CompletedTask);

        (await LookAsync(target.Port)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = $"accepted by 127.0.0.1:{target.Port}" });
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsRefused()
    {
        var port = HttpProbeTests.FreePort();

        (await LookAsync(port)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = $"connection refused by 127.0.0.1:{port}" });
    }

    private async Task<ProbeResult> LookAsync(int port)
    {
        var settings = new TcpProbeSettings("127.0.0.1", port);
        using var probe = new TcpProbe(
            new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20), 1, settings), settings, new ProbeContext(_connections, new ProcessClock(TimeProvider.System)));
        return await probe.RunAsync(default);
    }
}
