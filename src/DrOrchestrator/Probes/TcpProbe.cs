using System.Globalization;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>A connection is accepted; nothing is sent over it.</summary>
internal sealed class TcpProbe(ProbeDefinition definition, TcpProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private readonly string _accepted = string.Create(CultureInfo.InvariantCulture, $"accepted by {settings.Host}:{settings.Port}");

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        using var socket = await Dialer.ConnectAsync(settings.Host, settings.Port, IpChoice.Any, look, deadline).ConfigureAwait(false);
        return Finding.Up(_accepted);
    }

    protected override Finding Failed(Exception exception, Look look) => ProbeFailures.Describe(exception, settings.Host, settings.Port);
}
