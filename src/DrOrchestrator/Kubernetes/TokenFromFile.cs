using System.Net.Http.Headers;
using k8s.Authentication;

namespace DrOrchestrator.Kubernetes;

/// <summary>A bearer token whose file is rewritten by someone else (projected tokens live an hour), so it is read for each request.</summary>
internal sealed class TokenFromFile(string path) : ITokenProvider
{
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        try
        {
            var text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
            return new AuthenticationHeaderValue("Bearer", text.Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterAccessException($"tokenFile {path} cannot be read: {e.Message}");
        }
    }
}
