using System.Net;
using System.Net.Http.Headers;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Gives each request the credential that a program fetched. A read that is answered 401 is sent once more with a new one; of a write the 401 stands, and the next request
/// gets the new one. Outside of <see cref="RequestPolicy"/>, whose bound is one of servers.
/// </summary>
internal sealed class ExecAuthentication(ExecCredentials credentials) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var credential = await credentials.CurrentAsync(cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(request, credential, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        credentials.Discard(credential);
        if (request.Method != HttpMethod.Get)
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, await credentials.CurrentAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            credentials.Dispose();
        }

        base.Dispose(disposing);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ExecCredential credential, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = credential.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
        request.Options.Set(CertificateSwitch.Certificate, credential.Certificate);
        return base.SendAsync(request, cancellationToken);
    }
}
