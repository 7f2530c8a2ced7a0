using System.Net.Http.Headers;
using System.Text;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Testing.Kubernetes.Real;

/// <summary>A namespace of a test's own in a real cluster, and a folder; with it goes what the test noted to be removed.</summary>
public sealed class RealSpace : IAsyncDisposable
{
    private readonly Stack<Func<Task>> _after = [];
    private readonly string _context;

    private RealSpace(string context, string prefix)
    {
        _context = context;
        Name = $"{prefix}-{Guid.NewGuid().ToString("N")[..8]}";
        Folder = Path.Combine(AppContext.BaseDirectory, "work", Name);
        Client = (k8s.Kubernetes)RealClusters.Connect(context);
    }

    /// <summary>Of the namespace; also a prefix that nobody else uses.</summary>
    public string Name { get; }

    public string Folder { get; }

    /// <summary>With the rights of the kubeconfig.</summary>
    public k8s.Kubernetes Client { get; }

    public static async Task<RealSpace> CreateAsync(string prefix, string context = "primary")
    {
        var space = new RealSpace(context, prefix);
        Directory.CreateDirectory(space.Folder);
        await space.Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = space.Name, Labels = new Dictionary<string, string> { ["dro-test"] = space.Name } } });
        return space;
    }

    /// <summary>What is done at the end, the last first.</summary>
    public void Afterwards(Func<Task> remove) => _after.Push(remove);

    /// <summary>A service account of the namespace, without any right: a kubeconfig by which it asks.</summary>
    public async Task<string> AccountAsync(string name)
    {
        await Client.CoreV1.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = name } }, Name);
        var asked = await Client.CoreV1.CreateNamespacedServiceAccountTokenAsync(new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { ExpirationSeconds = 3600, Audiences = [] } }, name, Name);
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(RealClusters.Kubeconfig, _context);
        var authorities = string.Concat(configuration.SslCaCerts.Select(authority => authority.ExportCertificatePem() + "\n"));
        var path = Path.Combine(Folder, name + ".kubeconfig");
        await File.WriteAllTextAsync(
            path,
            $$"""
            clusters:
            - name: c1
              cluster: { server: "{{configuration.Host}}", certificate-authority-data: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(authorities))}} }
            users:
            - name: u1
              user: { token: {{asked.Status.Token}} }
            contexts:
            - name: {{_context}}
              context: { cluster: c1, user: u1 }
            """);
        return path;
    }

    /// <summary>As <c>kubectl apply --server-side -f -</c> sends it: the bytes of a YAML text, at its object's address.</summary>
    public async Task ApplyAsync(string path, string yaml)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(Client.BaseUri, $"{path}?fieldManager=dro-test&force=true")) { Content = new StringContent(yaml, Encoding.UTF8, new MediaTypeHeaderValue("application/apply-patch+yaml")) };
        using var response = await Client.HttpClient.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var remove in _after)
        {
            await remove();
        }

        await Client.CoreV1.DeleteNamespaceAsync(Name);
        Client.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
