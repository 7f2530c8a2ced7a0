using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using Microsoft.AspNetCore.Http.Features;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>Streams changes, one JSON document per line, until the client leaves, its time is up, or history no longer reaches back to it.</summary>
internal sealed class WatchRequests(ObjectStore store, TimeProvider time, TimeSpan bookmarkPeriod)
{
    public async Task HandleAsync(ApiRequest request, ResourcePath path, CancellationToken stopping)
    {
        var filter = Filter.Read(request, path);
        var initial = request.QueryFlag("sendInitialEvents");
        if (request.Query("sendInitialEvents") is not null && request.Query("resourceVersionMatch") != "NotOlderThan")
        {
            throw ApiRefusal.Unprocessable(
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        // What is there now is never older than what was asked for.
        var from = initial ? 0 : request.QueryNumber("resourceVersion") ?? 0;
        var bookmarks = request.QueryFlag("allowWatchBookmarks");
        var seconds = request.QueryNumber("timeoutSeconds") is { } asked and > 0 ? asked : RandomNumberGenerator.GetInt32(1800, 3600);
        var feed = store.Subscribe(change => change.After.Key.Kind == path.Kind);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping, request.Http.RequestAborted);
        try
        {
            await StreamAsync(request, filter, from, bookmarks, initial && bookmarks, feed, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The end of a watch is no error: the client starts another one from where it is.
        }
        finally
        {
            store.Unsubscribe(feed);
        }
    }

    private async Task StreamAsync(ApiRequest request, Filter filter, long from, bool bookmarks, bool markInitial, ChangeFeed feed, CancellationToken end)
    {
        var response = request.Http.Response;
        response.ContentType = "application/json";
        request.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(end);
        await response.Body.FlushAsync(end);
        var output = new MemoryStream();
        var position = from == 0 ? WriteExisting(output, filter) : from;
        if (markInitial)
        {
            WriteBookmark(output, filter.Kind, position, endsInitialEvents: true);
        }

        var nextBookmark = time.GetUtcNow() + bookmarkPeriod;
        while (true)
        {
            var (changes, upTo) = store.ChangesAfter(position);
            if (changes is null || position > upTo)
            {
                WriteError(output, position, upTo);
                await SendAsync(request, output, end);
                return;
            }

            foreach (var change in changes)
            {
                WriteChange(output, filter, change);
            }

            position = upTo;
            if (bookmarks && time.GetUtcNow() >= nextBookmark)
            {
                WriteBookmark(output, filter.Kind, position);
                nextBookmark = time.GetUtcNow() + bookmarkPeriod;
            }

            await SendAsync(request, output, end);
            if (bookmarks)
            {
                await feed.WaitAsync(nextBookmark - time.GetUtcNow(), time, end);
            }
            else
            {
                await feed.WaitAsync(end);
            }
        }
    }

    private static async Task SendAsync(ApiRequest request, MemoryStream output, CancellationToken end)
    {
        if (output.Length > 0)
        {
            await request.Http.Response.Body.WriteAsync(output.GetBuffer().AsMemory(0, (int)output.Length), end);
            await request.Http.Response.Body.FlushAsync(end);
            output.SetLength(0);
        }
    }

    private long WriteExisting(MemoryStream output, Filter filter)
    {
        var (objects, version) = store.List(filter.Kind, filter.Namespace);
        foreach (var stored in objects.Where(filter.Matches))
        {
            Write(output, "ADDED", stored.Json);
        }

        return version;
    }

    // What leaves the selection is deleted for this watcher, what enters it is added.
    private static void WriteChange(MemoryStream output, Filter filter, Change change)
    {
        if (change.After.Key.Kind != filter.Kind || (filter.Namespace is not null && change.After.Key.Namespace != filter.Namespace))
        {
            return;
        }

        var before = change.Before is not null && filter.Matches(change.Before);
        var after = !change.Gone && filter.Matches(change.After);
        if (before || after)
        {
            Write(output, before && after ? "MODIFIED" : after ? "ADDED" : "DELETED", change.After.Json);
        }
    }

    private static void WriteBookmark(MemoryStream output, ResourceKind kind, long version, bool endsInitialEvents = false)
    {
        var bookmark = new JsonObject
        {
            ["kind"] = kind.Kind,
            ["apiVersion"] = kind.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
        };
        if (endsInitialEvents)
        {
            bookmark["metadata"]!["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        Write(output, "BOOKMARK", bookmark.ToBytes());
    }

    private static void WriteError(MemoryStream output, long asked, long current) =>
        Write(output, "ERROR", ApiRefusal.Expired($"too old resource version: {asked} ({current})").ToStatus().ToBytes());

    private static void Write(MemoryStream output, string type, byte[] content)
    {
        output.Write(Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        output.Write(content);
        output.Write("}\n"u8);
    }

    private sealed record Filter(ResourceKind Kind, string? Namespace, string? Name, LabelSelector Labels, FieldSelector Fields)
    {
        public static Filter Read(ApiRequest request, ResourcePath path) => new(
            path.Kind,
            path.Namespace,
            path.Name,
            LabelSelector.Parse(request.Query("labelSelector")),
            FieldSelector.Parse(request.Query("fieldSelector"), path.Kind));

        public bool Matches(StoredObject stored) =>
            (Name is null || stored.Key.Name == Name) && Labels.Matches(stored.Labels) && Fields.Matches(stored);
    }
}
