using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes.Prometheus;

/// <summary>Asks a Prometheus server for a value, and for the age of what it rests on where that counts.</summary>
internal sealed class PrometheusProbe(ProbeDefinition definition, PrometheusProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private const int LargestBody = 1024 * 1024;

    private readonly HttpConnections? _own = settings.Tls is { } tls
        ? new HttpConnections(new HttpProbeSettings(settings.Url, "GET", new Dictionary<string, string>(), null, [200], null, FreshConnection: false) { Tls = tls })
        : null;

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        var answer = await AskAsync(settings.Query, look, deadline).ConfigureAwait(false);
        var times = settings.MaxAge is null ? null : await AskAsync($"timestamp({settings.Sample ?? settings.Query})", look, deadline).ConfigureAwait(false);
        var (finding, value) = PrometheusJudge.Judge(answer, times, settings);
        look.Value = value;
        return finding;
    }

    protected override Finding LateFinding(Look look) => PrometheusJudge.CouldNotLook($"no answer {ProbeFailures.Within(Definition.Timeout)}");

    protected override Finding Failed(Exception exception, Look look) =>
        PrometheusJudge.CouldNotLook(ProbeFailures.Describe(exception, settings.Url.Host, settings.Url.Port).Reason);

    protected override void Dispose(bool disposing) => _own?.Dispose();

    private async Task<PrometheusAnswer> AskAsync(string query, Look look, CancellationToken deadline)
    {
        using var request = new HttpLookRequest(HttpMethod.Get, new Uri($"{settings.Url.AbsoluteUri.TrimEnd('/')}/api/v1/query?query={Uri.EscapeDataString(query)}"), look);
        request.Headers.Authorization = Authorization(look);
        using var response = await (_own ?? Context.Connections.Http).SendAsync(request, freshConnection: false, deadline).ConfigureAwait(false);
        look.Note(Story.Answered, (int)response.StatusCode, response.Version);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return new PrometheusAnswer.Failed($"sign-in refused (HTTP {(int)response.StatusCode})");
        }

        return await ReadBodyAsync(response, deadline).ConfigureAwait(false) is { } body
            ? PrometheusAnswer.Read((int)response.StatusCode, body)
            : new PrometheusAnswer.Failed($"an answer of more than {LargestBody / 1024} KiB");
    }

    private AuthenticationHeaderValue? Authorization(Look look)
    {
        if (settings.BearerToken is { } token)
        {
            return new AuthenticationHeaderValue("Bearer", Secrets.Read(token, look));
        }

        if (settings.Basic is not { } basic)
        {
            return null;
        }

        var value = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.User}:{Secrets.Read(basic.Password, look)}"));
        look.Hide(value);
        return new AuthenticationHeaderValue("Basic", value);
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        using var stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, deadline).ConfigureAwait(false) is > 0 and var read)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LargestBody)
            {
                return null;
            }
        }

        return body.ToArray();
    }
}
