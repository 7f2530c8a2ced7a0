using System.Net.Http.Headers;
using System.Text;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>Makes the requests of one probe. Secrets are read for each, and go to the origin they are meant for and to no other.</summary>
internal sealed class HttpRequests(HttpProbeSettings settings, ProbeNonces nonces)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpMethod _method = HttpMethod.Parse(settings.Method);

    /// <param name="trail">The redirects that led here; null for the first request.</param>
    public HttpLookRequest Create(Uri url, HttpTrail? trail, Look look)
    {
        var request = new HttpLookRequest(trail?.Method ?? _method, url, look);
        if (settings.Body is { } body && trail is not { DropsBody: true })
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Replace("{{nonce}}", nonces.Next(), StringComparison.Ordinal)));
            request.Content.Headers.ContentType = Json;
        }

        foreach (var (name, value) in settings.Headers)
        {
            Add(request, name, value);
        }

        if (trail is not { LeftHome: true })
        {
            AddSecrets(request, look);
        }

        return request;
    }

    private void AddSecrets(HttpRequestMessage request, Look look)
    {
        if (settings.SecretHeaders is { } secrets)
        {
            foreach (var (name, reference) in secrets)
            {
                Add(request, name, Secrets.Read(reference, look));
            }
        }

        if (settings.Credentials is { } credentials)
        {
            var secret = Secrets.Read(credentials.Secret, look);
            var value = credentials.User is { } user ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")) : secret;
            look.Hide(value);
            request.Headers.Authorization = new AuthenticationHeaderValue(credentials.User is null ? "Bearer" : "Basic", value);
        }
    }

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
        {
            content.Headers.Remove(name);
            content.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
