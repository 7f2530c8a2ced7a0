using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>One HTTP request. The timeout covers everything from name resolution to the end of the body, of which at most 64 KiB are read.</summary>
internal sealed class HttpProbe(ProbeDefinition definition, HttpProbeSettings settings, ProbeConnections connections, ProcessClock clock) : IProbe
{
    private const int LargestBody = 64 * 1024;
    private string _lastGoodReason = "";
    private int _lastGoodStatus;

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
        // The connections are shared with all other probes.
    }

    private async Task<(ProbeOutcome Outcome, string Reason)> LookAsync(CancellationToken deadline, CancellationToken outside)
    {
        int? status = null;
        try
        {
            using var request = CreateRequest();
            using var response = await connections.SendAsync(request, settings.FreshConnection, deadline).ConfigureAwait(false);
            status = (int)response.StatusCode;
            return Judge(status.Value, await ReadBodyAsync(response, deadline).ConfigureAwait(false));
        }
        catch (Exception) when (outside.IsCancellationRequested)
        {
            throw new OperationCanceledException(outside);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return (ProbeOutcome.Down, Prefix(status) + $"no{(status is null ? "" : " complete")} answer {ProbeFailures.Within(definition.Timeout)}");
        }
        catch (Exception exception)
        {
            var (outcome, reason) = ProbeFailures.Describe(exception, settings.Url.Host, settings.Url.Port);
            return (outcome, Prefix(status) + reason);
        }
    }

    private HttpRequestMessage CreateRequest()
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(settings.Method), settings.Url);
        if (settings.Body is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Replace("{{nonce}}", connections.Nonces.Next(), StringComparison.Ordinal)));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in settings.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        using var stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        while (body.Length < LargestBody)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, LargestBody - body.Length)), deadline).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private (ProbeOutcome Outcome, string Reason) Judge(int status, byte[] body)
    {
        if (!settings.ExpectedStatus.Contains(status))
        {
            var excerpt = ProbeFailures.OneLine(Encoding.UTF8.GetString(body));
            return (ProbeOutcome.Down, $"HTTP {status} (expected {string.Join(" or ", settings.ExpectedStatus)}){(excerpt.Length > 0 ? ": " + excerpt : "")}");
        }

        if (settings.BodyContains is { } wanted && !Encoding.UTF8.GetString(body).Contains(wanted, StringComparison.Ordinal))
        {
            return (ProbeOutcome.Down, $"HTTP {status}, but the body does not contain '{wanted}': {ProbeFailures.OneLine(Encoding.UTF8.GetString(body))}");
        }

        if (_lastGoodStatus != status)
        {
            (_lastGoodStatus, _lastGoodReason) = (status, string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"));
        }

        return (ProbeOutcome.Up, _lastGoodReason);
    }

    private static string Prefix(int? status) => status is null ? "" : string.Create(CultureInfo.InvariantCulture, $"HTTP {status}, but ");
}
