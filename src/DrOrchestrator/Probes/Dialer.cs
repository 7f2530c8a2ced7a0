using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>
/// Connects as a careful client would: the name is resolved anew each time, of several addresses the next is tried when one fails or after a quarter of a second
/// (RFC 8305), so that dead addresses in front do not use up the timeout, and of a great many only the first few.
/// </summary>
internal static class Dialer
{
    private const int MostAddresses = 8;
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    public static async ValueTask<Socket> ConnectAsync(string host, int port, IpChoice ip, Look look, CancellationToken deadline)
    {
        var began = look.Elapsed;
        if (IPAddress.TryParse(host, out var literal))
        {
            return await ConnectAsync(new IPEndPoint(literal, port), began, look, deadline).ConfigureAwait(false);
        }

        var addresses = await ResolveAsync(host, ip, look, deadline).ConfigureAwait(false);
        var resolved = look.Elapsed;
        look.Dns = resolved - began;
        return addresses.Length == 1
            ? await ConnectAsync(new IPEndPoint(addresses[0], port), resolved, look, deadline).ConfigureAwait(false)
            : await FirstOfAsync(addresses, port, look, deadline).ConfigureAwait(false);
    }

    /// <summary>At least one address, families by turns, as the resolver ordered them.</summary>
    /// <exception cref="LookEndedException">There is none of the family asked for.</exception>
    public static async Task<IPAddress[]> ResolveAsync(string host, IpChoice ip, Look look, CancellationToken deadline)
    {
        IPAddress[] found;
        try
        {
            found = await System.Net.Dns.GetHostAddressesAsync(host, AddressFamily.Unspecified, deadline).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new LookEndedException(ProbeFailures.OfName(exception, host));
        }

        var addresses = found.Where(address => Fits(address, ip)).Distinct().ToArray();
        if (addresses.Length == 0)
        {
            throw new LookEndedException(Finding.Down(ip switch
            {
                IpChoice.Four => $"the name {host} has no IPv4 address",
                IpChoice.Six => $"the name {host} has no IPv6 address",
                _ => $"the name {host} cannot be resolved",
            }));
        }

        addresses = [.. ByTurns(addresses).Take(MostAddresses)];
        look.Note(Story.Resolved, host, addresses.Length == 1 ? addresses[0] : string.Join(", ", addresses.AsEnumerable()));
        return addresses;
    }

    private static bool Fits(IPAddress address, IpChoice ip) => ip switch
    {
        IpChoice.Four => address.AddressFamily == AddressFamily.InterNetwork,
        IpChoice.Six => address.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static IEnumerable<IPAddress> ByTurns(IPAddress[] addresses)
    {
        var first = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).ToList();
        var second = addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily).ToList();
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            if (i < first.Count)
            {
                yield return first[i];
            }

            if (i < second.Count)
            {
                yield return second[i];
            }
        }
    }

    internal static async Task<Socket> FirstOfAsync(IPAddress[] addresses, int port, Look look, CancellationToken deadline)
    {
        var began = look.Elapsed;
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        var attempts = new List<Task<Socket>>();
        var next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Length)
                {
                    attempts.Add(ConnectAsync(new IPEndPoint(addresses[next++], port), began, look, losers.Token).AsTask());
                }

                var headStart = next < addresses.Length ? Task.Delay(HeadStart, look.Time, losers.Token) : null;
                var done = await Task.WhenAny(headStart is null ? [.. attempts] : [.. attempts, headStart]).ConfigureAwait(false);
                deadline.ThrowIfCancellationRequested();
                if (done is not Task<Socket> attempt)
                {
                    continue;
                }

                if (attempt.IsCompletedSuccessfully || (attempts.Count == 1 && next == addresses.Length))
                {
                    attempts.Remove(attempt);
                    return await attempt.ConfigureAwait(false);
                }

                attempts.Remove(attempt);
            }
        }
        finally
        {
            await losers.CancelAsync().ConfigureAwait(false);
            foreach (var attempt in attempts)
            {
                _ = attempt.ContinueWith(static late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            }
        }
    }

    private static async ValueTask<Socket> ConnectAsync(IPEndPoint address, TimeSpan began, Look look, CancellationToken deadline)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, deadline).ConfigureAwait(false);
            look.Connect = look.Elapsed - began;
            look.Note(Story.Connected, address);
            return socket;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is SocketException { SocketErrorCode: var error } && !deadline.IsCancellationRequested)
            {
                look.Note(Story.NotConnected, address, error);
            }

            throw;
        }
    }
}
