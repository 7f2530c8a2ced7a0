using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>A connection is accepted; nothing is sent over it.</summary>
internal sealed class TcpProbe(ProbeDefinition definition, TcpProbeSettings settings, ProcessClock clock) : IProbe
{
    private readonly string _accepted = string.Create(CultureInfo.InvariantCulture, $"accepted by {settings.Host}:{settings.Port}");

    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(definition.Timeout, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var startedAt = clock.Now;
        var (outcome, reason) = await LookAsync(both.Token, cancellationToken).ConfigureAwait(false);
        return new ProbeResult(definition.Name, outcome, startedAt, clock.Now, reason);
    }

    public void Dispose()
    {
        // Every look opens and closes a socket of its own.
    }

    private async Task<(ProbeOutcome Outcome, string Reason)> LookAsync(CancellationToken deadline, CancellationToken outside)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new DnsEndPoint(settings.Host, settings.Port), deadline).ConfigureAwait(false);
            return (ProbeOutcome.Up, _accepted);
        }
        catch (Exception) when (outside.IsCancellationRequested)
        {
            throw new OperationCanceledException(outside);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return (ProbeOutcome.Down, $"no answer {ProbeFailures.Within(definition.Timeout)}");
        }
        catch (Exception exception)
        {
            return ProbeFailures.Describe(exception, settings.Host, settings.Port);
        }
    }
}
