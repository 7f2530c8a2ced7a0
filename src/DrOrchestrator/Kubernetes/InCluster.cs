using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Kubernetes;

/// <summary>The cluster whose pod this program runs in: its service account's token (rotated by the kubelet, read for each request) and authority, and the address in the environment.</summary>
/// <param name="Folder">Where the kubelet mounts the service account.</param>
/// <param name="Variable">Of the environment.</param>
internal sealed record InCluster(string Folder, Func<string, string?> Variable)
{
    public static InCluster OfThisProcess { get; } = new("/var/run/secrets/kubernetes.io/serviceaccount", Environment.GetEnvironmentVariable);

    /// <summary>Throws <see cref="ClusterAccessException"/>.</summary>
    public ClusterAccess Read()
    {
        if (Variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || Variable("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port)
        {
            throw new ClusterAccessException(
                "'kubeconfig: in-cluster', but KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set: this program does not run in a pod. Give the site kubeconfig and context");
        }

        var address = IPAddress.TryParse(host, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{address}:{port}", UriKind.Absolute, out var server))
        {
            throw new ClusterAccessException($"KUBERNETES_SERVICE_HOST '{host}' and KUBERNETES_SERVICE_PORT '{port}' make no address");
        }

        var (authority, token) = (Path.Combine(Folder, "ca.crt"), Path.Combine(Folder, "token"));
        if (!File.Exists(token))
        {
            throw new ClusterAccessException($"'kubeconfig: in-cluster', but there is no {token}: the pod has no service account token (automountServiceAccountToken)");
        }

        var source = $"the service account in {Folder}";
        var stamp = FileStamp.Of(authority);
        return new ClusterAccess(source, server, null, Authorities(authority), null, new ClusterUser(source, null, token, null, null), [stamp]);
    }

    private static X509Certificate2Collection Authorities(string path)
    {
        try
        {
            return Kubeconfig.Authorities(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterAccessException($"'kubeconfig: in-cluster', but {path} cannot be read: {e.Message}");
        }
    }
}
