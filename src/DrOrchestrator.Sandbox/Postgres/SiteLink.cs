using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Kubernetes.Services;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// The line between the two sites, towards one of them: where the other site's standby reaches its primary. Cut off at either end it passes nothing and breaks nothing.
/// </summary>
internal sealed class SiteLink : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private readonly LinkTerms _terms;
    private readonly Silence _silence;
    private readonly Task _accepting;

    private SiteLink(PostgresPorts towards, LinkTerms terms)
    {
        (_target, _terms, _silence) = (towards.Server, terms, new Silence(() => terms.Faults().LinkIsCut, terms.Time));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, towards.Link));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    /// <exception cref="IOException">The port is taken.</exception>
    public static SiteLink Start(PostgresPorts towards, LinkTerms terms)
    {
        try
        {
            return new SiteLink(towards, terms);
        }
        catch (SocketException e)
        {
            throw new IOException($"port {towards.Link} of the line between the sites cannot be had: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _silence.End();
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket standby = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            _ = CarryAsync(standby, _stopping.Token);
        }
    }

    private async Task CarryAsync(Socket standby, CancellationToken stopping)
    {
        using var primary = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (standby)
        {
            try
            {
                await _silence.OverAsync().ConfigureAwait(false);
                (standby.NoDelay, primary.NoDelay) = (true, true);
                await primary.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), stopping).ConfigureAwait(false);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                Task[] ways = [PassAsync(standby, primary, ended.Token), new WalDelay(_terms, _silence).PassAsync(primary, standby, ended.Token)];
                await Task.WhenAny(ways).ConfigureAwait(false);
                await ended.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Nobody is there, or the lab ends.
            }

            await _silence.OverAsync().ConfigureAwait(false);
            Connection.Reset(standby);
            Connection.Reset(primary);
        }
    }

    /// <summary>What a standby says goes through at once.</summary>
    private async Task PassAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0)
        {
            await _silence.OverAsync().ConfigureAwait(false);
            await WalDelay.SendAsync(to, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>What the line between the sites is like.</summary>
/// <param name="Delay">How old what the primary streams is before it arrives, where no fault says otherwise.</param>
internal sealed record LinkTerms(TimeSpan Delay, Func<LabFaults> Faults, TimeProvider Time);
