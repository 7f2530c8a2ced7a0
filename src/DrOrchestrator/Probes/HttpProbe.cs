using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>One HTTP request. The timeout covers everything from name resolution to the end of the body, of which at most 64 KiB are read.</summary>
internal sealed class HttpProbe(ProbeDefinition definition, HttpProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private const int LargestBody = 64 * 1024;
    private string _lastGoodReason = "";
    private int _lastGoodStatus;
    private int? _status;

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        _status = null;
        using var request = CreateRequest();
        using var response = await Context.Connections.SendAsync(request, settings.FreshConnection, look, deadline).ConfigureAwait(false);
        var answered = look.Elapsed;
        look.FirstByte = answered - look.ReadyAt;
        _status = (int)response.StatusCode;
        look.Note(Story.Answered, _status, response.Version);
        var body = await ReadBodyAsync(response, look, deadline).ConfigureAwait(false);
        look.Transfer = look.Elapsed - answered;
        return Judge(_status.Value, body, look);
    }

    protected override string Late(Look look) => Prefix(_status) + $"no{(_status is null ? "" : " complete")} answer {ProbeFailures.Within(Definition.Timeout)}";

    protected override Finding Failed(Exception exception, Look look)
    {
        var finding = ProbeFailures.Describe(exception, settings.Url.Host, settings.Url.Port);
        return finding with { Reason = Prefix(_status) + finding.Reason };
    }

    private HttpRequestMessage CreateRequest()
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(settings.Method), settings.Url);
        if (settings.Body is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Replace("{{nonce}}", Context.Connections.Nonces.Next(), StringComparison.Ordinal)));
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

    private static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, Look look, CancellationToken deadline)
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

        look.Note(body.Length < LargestBody ? Story.Read : Story.ReadToTheLimit, body.Length);
        return body.ToArray();
    }

    private Finding Judge(int status, byte[] body, Look look)
    {
        if (!settings.ExpectedStatus.Contains(status))
        {
            var excerpt = look.Excerpt(Encoding.UTF8.GetString(body));
            return Finding.Down($"HTTP {status} (expected {string.Join(" or ", settings.ExpectedStatus)}){(excerpt.Length > 0 ? ": " + excerpt : "")}");
        }

        if (settings.BodyContains is { } wanted && !Encoding.UTF8.GetString(body).Contains(wanted, StringComparison.Ordinal))
        {
            return Finding.Down($"HTTP {status}, but the body does not contain '{wanted}': {look.Excerpt(Encoding.UTF8.GetString(body))}");
        }

        if (_lastGoodStatus != status)
        {
            (_lastGoodStatus, _lastGoodReason) = (status, string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"));
        }

        return Finding.Up(_lastGoodReason);
    }

    private static string Prefix(int? status) => status is null ? "" : string.Create(CultureInfo.InvariantCulture, $"HTTP {status}, but ");
}
