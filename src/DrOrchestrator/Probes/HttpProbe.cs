using System.Globalization;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>
/// One HTTP request, and those a redirect leads to where that is asked for. The timeout covers everything from name resolution to the end of the body, of which at most
/// 64 KiB are read.
/// </summary>
internal sealed class HttpProbe : DeadlineProbe
{
    private readonly HttpProbeSettings _settings;
    private readonly HttpRequests _requests;
    private readonly HttpConnections? _own;
    private DateTimeOffset? _certificateExpires;
    private string _lastGoodReason = "";
    private int _lastGoodStatus;
    private int? _status;
    private Uri _url;

    public HttpProbe(ProbeDefinition definition, HttpProbeSettings settings, ProbeContext context)
        : base(definition, context)
    {
        (_settings, _url) = (settings, settings.Url);
        _requests = new HttpRequests(settings, context.Connections.Nonces);
        _own = settings.HasOwnConnections ? new HttpConnections(settings) : null;
    }

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        (_status, _url) = (null, _settings.Url);
        HttpTrail? trail = null;
        while (true)
        {
            using var request = _requests.Create(_url, trail, look);
            using var response = await SendAsync(request, deadline).ConfigureAwait(false);
            if (_settings.Redirects > 0 && HttpTrail.IsRedirect(response))
            {
                trail ??= new HttpTrail(_settings);
                if (trail.Follow(response, look) is { } refused)
                {
                    return refused;
                }

                (_status, _url) = (null, trail.Url);
                continue;
            }

            return await JudgeAsync(response, look, deadline).ConfigureAwait(false);
        }
    }

    protected override string Late(Look look) => Prefix(_status) + $"no{(_status is null ? "" : " complete")} answer {ProbeFailures.Within(Definition.Timeout)}";

    protected override Finding Failed(Exception exception, Look look)
    {
        var finding = ProbeFailures.Describe(exception, _url.Host, _url.Port);
        return finding with { Reason = Prefix(_status) + finding.Reason };
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _own?.Dispose();
        }
    }

    private static string Prefix(int? status) => status is null ? "" : string.Create(CultureInfo.InvariantCulture, $"HTTP {status}, but ");

    private async Task<HttpResponseMessage> SendAsync(HttpLookRequest request, CancellationToken deadline)
    {
        var look = request.Look;
        var response = await (_own ?? Context.Connections.Http).SendAsync(request, _settings.FreshConnection, deadline).ConfigureAwait(false);
        look.FirstByte = look.Elapsed - look.ReadyAt;
        _status = (int)response.StatusCode;
        look.Note(Story.Answered, _status, response.Version);
        return response;
    }

    private async Task<Finding> JudgeAsync(HttpResponseMessage response, Look look, CancellationToken deadline)
    {
        var (status, began) = (_status!.Value, look.Elapsed);
        using var body = await HttpBody.ReadAsync(response, look, deadline).ConfigureAwait(false);
        look.Transfer = look.Elapsed - began;

        // A reused connection shows no certificate again; it lives for two minutes at most.
        _certificateExpires = look.CertificateExpires ??= _certificateExpires;
        if (CertificateWords.TooShort(look.CertificateExpires, _settings.Tls?.ExpiresInMoreThan, look.Now) is { } tooShort)
        {
            return Finding.Down(Prefix(status) + tooShort);
        }

        if (HttpJudge.Refusal(_settings, response, status, body, look) is { } refusal)
        {
            return Finding.Down(refusal);
        }

        if (_lastGoodStatus != status)
        {
            (_lastGoodStatus, _lastGoodReason) = (status, string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"));
        }

        return Finding.Up(_lastGoodReason);
    }
}
