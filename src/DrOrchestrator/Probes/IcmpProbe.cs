using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>Echo requests, one after the other; the probe's value is the share that stayed unanswered, in percent.</summary>
internal sealed class IcmpProbe(ProbeDefinition definition, IcmpProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    /// <summary>Each request has its part of the timeout, less a little for the end.</summary>
    private const double UsedForWaiting = 0.9;

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        var began = look.Elapsed;
        var isLiteral = IPAddress.TryParse(settings.Host, out var literal);
        var address = isLiteral ? literal! : (await Dialer.ResolveAsync(settings.Host, settings.Ip, look, deadline).ConfigureAwait(false))[0];
        look.Dns = isLiteral ? null : look.Elapsed - began;
        using var echo = IcmpEcho.Open(address);
        var (answered, total) = (0, TimeSpan.Zero);
        for (var i = 1; i <= settings.Count; i++)
        {
            var trip = await echo.AskAsync((ushort)i, Definition.Timeout * UsedForWaiting / settings.Count, look, deadline).ConfigureAwait(false);
            look.Note(trip is null ? Story.NoEcho : Story.Echo, address, trip?.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture));
            answered += trip is null ? 0 : 1;
            total += trip ?? TimeSpan.Zero;
        }

        look.Value = 100.0 * (settings.Count - answered) / settings.Count;
        look.FirstByte = answered > 0 ? total / answered : null;
        return Judge(settings, answered, Definition.Timeout);
    }

    internal static Finding Judge(IcmpProbeSettings settings, int answered, TimeSpan timeout) => settings.Count - answered <= settings.MostLost
        ? Finding.Up($"{answered} of {settings.Count} echoes from {settings.Host}")
        : Finding.Down($"{answered} of {settings.Count} echoes from {settings.Host} {ProbeFailures.Within(timeout)}");

    protected override Finding Failed(Exception exception, Look look) => exception is SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable }
        ? Finding.Down($"no route to {settings.Host}")
        : ProbeFailures.Describe(exception, settings.Host, 0);
}
