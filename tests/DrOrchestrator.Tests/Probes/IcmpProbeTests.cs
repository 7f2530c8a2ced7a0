using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes;

public sealed class IcmpProbeTests : IDisposable
{
    private const string Remedy = "could not look: this process may not send ICMP (put its group into net.ipv4.ping_group_range, or give it CAP_NET_RAW)";
    private readonly ProbeConnections _connections = new();

    public void Dispose() => _connections.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task RunAsync_OwnMachine_AnswersOrSaysWhatIsMissing(string host)
    {
        var result = await LookAsync(host, 3, 0);

        if (result.Outcome == ProbeOutcome.Unknown)
        {
            result.Reason.Should().Be(Remedy);
            return;
        }

        result.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = $"3 of 3 echoes from {host}", Value = 0.0 });
        result.Notes!.Count(note => note.Text.StartsWith("echo from 127.0.0.1 after ")).Should().Be(3);
    }

    [Theory]
    [InlineData(5, "5 of 5 echoes from a.example", true)]
    [InlineData(4, "4 of 5 echoes from a.example", true)]
    [InlineData(3, "3 of 5 echoes from a.example within 2s", false)]
    [InlineData(0, "0 of 5 echoes from a.example within 2s", false)]
    public void Judge_MoreLostThanMay_IsDown(int answered, string reason, bool isUp) =>
        IcmpProbe.Judge(new IcmpProbeSettings("a.example", IpChoice.Any, 5, 1), answered, TimeSpan.FromSeconds(2)).Should().Be(isUp ? Finding.Up(reason) : Finding.Down(reason));

    [Fact]
    public async Task AskAsync_NothingInTime_IsLost()
    {
        var look = new Look(new ProcessClock(TimeProvider.System), default);
        try
        {
            using var echo = IcmpEcho.Open(System.Net.IPAddress.Loopback);

            (await echo.AskAsync(1, TimeSpan.Zero, look, default)).Should().BeNull();
        }
        catch (LookEndedException ended)
        {
            ended.Finding.Should().Be(Finding.Unknown(Remedy));
        }
    }

    private async Task<ProbeResult> LookAsync(string host, int count, int mostLost, double timeoutSeconds = 20)
    {
        var settings = new IcmpProbeSettings(host, IpChoice.Four, count, mostLost);
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(timeoutSeconds), 1, settings);
        using var probe = new IcmpProbe(definition, settings, new ProbeContext(_connections, new ProcessClock(TimeProvider.System)) { TellAlways = true });
        return await probe.RunAsync(default);
    }
}
