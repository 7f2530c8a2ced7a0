using System.Net.Http.Headers;
using k8s.Authentication;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// A bearer token whose file is rewritten by someone else (projected tokens live an hour), so it is read for each request. The package's own (<c>TokenFileAuth</c>) reads
/// it once a minute, whatever the server says of the token in between.
/// </summary>
internal sealed class TokenFromFile(string path) : ITokenProvider
{
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        try
        {
            // An empty one would be sent as no token at all, and be answered as if nobody had asked.
            var text = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            return text.Length > 0 ? new AuthenticationHeaderValue("Bearer", text) : throw new ClusterAccessException($"tokenFile {path} is empty") { MayPass = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterAccessException($"tokenFile {path} cannot be read: {e.Message}") { MayPass = true };
        }
    }
}
