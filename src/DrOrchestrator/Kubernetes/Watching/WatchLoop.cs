using System.Net;
using DrOrchestrator.Time;
using k8s;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>
/// Follows the pods of one namespace for ever: list, watch behind the list, go on behind the last version when a watch ends, and list anew when the server no longer knows that
/// version, when it says an error, or when nothing was heard for too long. Nothing that goes wrong at the other side ends it; its cancellation does.
/// </summary>
/// <param name="client">Asked before each request: the client of a site changes with its files. May throw.</param>
internal sealed partial class WatchLoop(string site, string ns, Func<IKubernetes> client, PodTable table, ProcessClock clock, WatchTimes times, ILogger logger)
{
    private string? _version;
    private int _failures;
    private string? _saidOfFailure;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var wait = await TurnAsync(cancellationToken).ConfigureAwait(false);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, clock.Provider, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // We are stopping: a stream that is closed while it is read breaks in many ways.
        }
    }

    /// <summary>A list where one is needed, and one watch to its end; returns how long to wait before the next turn.</summary>
    private async Task<TimeSpan> TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_version is null || table.Age is not { } age || age >= times.Silence)
            {
                _version = await ListAsync(cancellationToken).ConfigureAwait(false);
            }

            return await WatchAsync(_version, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var failure = ClusterFailure.Of(e, cancellationToken) ?? new ClusterFailure(null, e.Message);
            return failure.Status switch
            {
                HttpStatusCode.Gone => Relist(),
                HttpStatusCode.Forbidden => Refused(failure.Reason),
                _ => Failed(failure.Reason),
            };
        }
    }

    /// <summary>All pages. Where the server gives the continuation up (410), once more and all at once: a page after the next would come too late again.</summary>
    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(PagedLists.PageSize, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { Status: HttpStatusCode.Gone })
        {
            return await ListAsync(0, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var asOf = clock.Now;
        var requests = new PodRequests(client(), ns);
        var pods = new Dictionary<string, PodSight>();
        string? next = null;
        while (true)
        {
            var page = await BoundedAsync(times.Page, "the list was not read", token => requests.ListAsync(limit, next, token), cancellationToken).ConfigureAwait(false);
            foreach (var pod in (page.Items ?? []).Select(PodSight.Of))
            {
                pods[pod.Uid] = pod;
            }

            if (page.Metadata?.Continue is { Length: > 0 } more)
            {
                next = more;
                continue;
            }

            var version = page.Metadata?.ResourceVersion is { Length: > 0 } given ? given : throw new IOException("the list of pods has no resourceVersion");
            table.Replace(pods, asOf);
            Heard();
            return version;
        }
    }

    /// <summary>Until the watch ends; returns how long to wait before the next one begins behind it.</summary>
    private async Task<TimeSpan> WatchAsync(string version, CancellationToken cancellationToken)
    {
        var began = clock.Now;
        var lasts = times.Life * (1 + Random.Shared.NextDouble());
        using var stream = await BoundedAsync(times.Opening, "the watch did not begin", token => new PodRequests(client(), ns).WatchAsync(version, lasts, token), cancellationToken)
            .ConfigureAwait(false);
        table.Note(null);
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        for (var heard = false; ;)
        {
            silence.CancelAfter(Left(began));
            WatchEvent? said;
            try
            {
                said = await stream.NextAsync(either.Token).ConfigureAwait(false);
            }
            catch (Exception) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Not known to be wrong: some servers send no bookmarks. A list tells.
                _version = null;
                return TimeSpan.Zero;
            }

            switch (said)
            {
                case null when heard || clock.Now - began >= times.Proven:
                    _failures = 0;
                    return TimeSpan.Zero;
                case null:
                    return Failed("the watch ended as soon as it had begun");
                case WatchEvent.Error error:
                    return Ended(error);
                case WatchEvent.Other:
                    break;
                default:
                    table.Apply(said);
                    Heard();
                    _version = said.Version ?? _version;
                    (_failures, heard) = (0, true);
                    break;
            }
        }
    }

    /// <summary>Of the silence that is borne. It begins with the watch: a list may have taken longer than that by itself.</summary>
    private TimeSpan Left(DateTimeOffset began)
    {
        var watched = clock.Now - began;
        var quiet = table.Age is { } age && age < watched ? age : watched;
        return quiet < times.Silence ? times.Silence - quiet : TimeSpan.Zero;
    }

    // A server under pressure still knows the version; of any other error nothing is known, and a list settles it.
    private TimeSpan Ended(WatchEvent.Error error)
    {
        if ((HttpStatusCode)error.Code == HttpStatusCode.Gone)
        {
            return Relist();
        }

        _version = (HttpStatusCode)error.Code is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? _version : null;
        return Failed($"the watch ended with {error.Code} {error.Message}");
    }

    private async Task<T> BoundedAsync<T>(TimeSpan bound, string otherwise, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(bound, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            return await call(both.Token).ConfigureAwait(false);
        }
        catch (Exception) when (time.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{otherwise} within {bound.TotalSeconds:0} s");
        }
    }

    private void Heard()
    {
        if (_saidOfFailure is not null)
        {
            FollowedAgain(logger, site, ns);
            _saidOfFailure = null;
        }
    }

    /// <summary>The version is too old for the server: nothing wrong, unless it happens again and again.</summary>
    private TimeSpan Relist()
    {
        _version = null;
        return NextWait();
    }

    private TimeSpan Failed(string reason)
    {
        table.Note(reason);
        if (_saidOfFailure != reason)
        {
            NotFollowed(logger, site, ns, reason);
            _saidOfFailure = reason;
        }

        return NextWait();
    }

    private TimeSpan Refused(string reason)
    {
        Failed(reason);
        _version = null;
        return Jittered(times.Refused);
    }

    /// <summary>Capped and jittered: half of the time at least, so that a server that comes back is not met by everybody at once.</summary>
    private TimeSpan NextWait() => Jittered(new[] { times.FirstWait * Math.Pow(2, Math.Min(_failures++, 20)), times.LongestWait }.Min());

    private static TimeSpan Jittered(TimeSpan wait) => wait * (0.5 + (Random.Shared.NextDouble() / 2));

    [LoggerMessage(3110, LogLevel.Information, "Site {Site}, namespace {Namespace}: its pods are followed again")]
    private static partial void FollowedAgain(ILogger logger, string site, string @namespace);

    [LoggerMessage(3111, LogLevel.Warning, "Site {Site}, namespace {Namespace}: its pods cannot be followed: {Reason}. Tried again by itself; gates and steps ask for themselves and are not concerned")]
    private static partial void NotFollowed(ILogger logger, string site, string @namespace, string reason);
}
