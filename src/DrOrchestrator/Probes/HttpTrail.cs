using System.Net;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>The redirects of one look: where it is led to next, or why it goes no further. Decides, asks nobody.</summary>
internal sealed class HttpTrail(HttpProbeSettings settings)
{
    private readonly HashSet<string> _visited = [settings.Method + " " + settings.Url.AbsoluteUri];
    private int _hops;

    public Uri Url { get; private set; } = settings.Url;

    public HttpMethod Method { get; private set; } = HttpMethod.Parse(settings.Method);

    /// <summary>True where the method became one without a body (RFC 9110, 15.4).</summary>
    public bool DropsBody { get; private set; }

    /// <summary>True once another origin was visited: from then on nothing secret is sent.</summary>
    public bool LeftHome { get; private set; }

    public static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is not null;

    /// <summary>Takes the next step; a finding where that may not be.</summary>
    public Finding? Follow(HttpResponseMessage response, Look look)
    {
        var status = (int)response.StatusCode;
        if (!Uri.TryCreate(Url, response.Headers.Location, out var next) || next.Scheme is not ("http" or "https") || next.UserInfo.Length > 0)
        {
            return Finding.Down($"HTTP {status}, but it redirects to no address of the web");
        }

        var to = look.Excerpt(next.GetLeftPart(UriPartial.Path));
        look.Note(Story.Redirected, status, to);
        if (Url.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
        {
            return Finding.Down($"HTTP {status}, but it redirects from https to {to}");
        }

        if (++_hops > settings.Redirects)
        {
            return Finding.Down($"HTTP {status}, but it redirects more than {settings.Redirects} times, last to {to}");
        }

        if (status == 303 || (status is 301 or 302 && Method == HttpMethod.Post))
        {
            Method = Method == HttpMethod.Head ? HttpMethod.Head : HttpMethod.Get;
            DropsBody = true;
        }

        LeftHome |= !next.GetLeftPart(UriPartial.Authority).Equals(settings.Url.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
        Url = next;
        return _visited.Add(Method.Method + " " + next.AbsoluteUri) ? null : Finding.Down($"HTTP {status}, but it redirects in a circle, back to {to}");
    }
}
