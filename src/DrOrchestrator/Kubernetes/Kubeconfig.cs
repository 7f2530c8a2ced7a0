using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Reads one context of a kubeconfig. Strict: kubectl features that this program does not have (impersonation, proxies, programs that fetch tokens, unverified TLS) are
/// refused by name, because a setting that is silently ignored reaches the wrong cluster or the wrong user.
/// </summary>
internal sealed class Kubeconfig
{
    private static readonly string[] ClusterKeys = ["server", "certificate-authority", "certificate-authority-data", "tls-server-name", "extensions", "disable-compression"];

    private static readonly string[] UserKeys = ["token", "tokenFile", "client-certificate", "client-certificate-data", "client-key", "client-key-data", "extensions"];

    private readonly string _path;
    private readonly YamlMappingNode _root;

    private Kubeconfig(string path, YamlMappingNode root)
    {
        _path = path;
        _root = root;
    }

    /// <summary>Reads the file and the context; throws <see cref="ClusterAccessException"/>.</summary>
    public static ClusterAccess Read(string path, string context)
    {
        YamlStream yaml = [];
        try
        {
            using var reader = new StreamReader(path);
            yaml.Load(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            throw new ClusterAccessException($"kubeconfig {path} cannot be read: {e.Message}");
        }

        return yaml.Documents is [{ RootNode: YamlMappingNode root }]
            ? new Kubeconfig(path, root).Context(context)
            : throw new ClusterAccessException($"kubeconfig {path} is not one YAML mapping");
    }

    private ClusterAccess Context(string name)
    {
        var names = Items("contexts").Select(item => Text(item, "name")).OfType<string>().ToList();
        if (!names.Contains(name))
        {
            throw new ClusterAccessException($"context '{name}' not found in {_path}; it has: {(names.Count == 0 ? "none" : string.Join(", ", names))}");
        }

        var context = Body("contexts", name, "context");
        var clusterName = Text(context, "cluster") ?? throw new ClusterAccessException($"context '{name}' in {_path} names no cluster");
        var userName = Text(context, "user") ?? throw new ClusterAccessException($"context '{name}' in {_path} names no user");
        var cluster = Body("clusters", clusterName, "cluster");
        var user = Body("users", userName, "user");
        Refuse(cluster, ClusterKeys, $"cluster '{clusterName}'");
        Refuse(user, UserKeys, $"user '{userName}'");

        var server = Text(cluster, "server");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
        {
            throw new ClusterAccessException($"cluster '{clusterName}' in {_path}: server '{server}' is no https address");
        }

        var authority = Bytes(cluster, "certificate-authority")
            ?? throw new ClusterAccessException($"cluster '{clusterName}' in {_path} has no certificate-authority-data and no certificate-authority; one is needed");
        var certificate = Bytes(user, "client-certificate");
        var key = Bytes(user, "client-key");
        return new ClusterAccess(
            name,
            url,
            Text(cluster, "tls-server-name"),
            Authorities(authority, clusterName),
            Text(user, "token"),
            Text(user, "tokenFile") is { } file ? FullPath(file) : null,
            certificate is null ? null : Convert.ToBase64String(certificate),
            key is null ? null : Convert.ToBase64String(key));
    }

    private X509Certificate2Collection Authorities(byte[] content, string cluster)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(content));
        }
        catch (CryptographicException e)
        {
            throw new ClusterAccessException($"cluster '{cluster}' in {_path}: its certificate authority cannot be read: {e.Message}");
        }

        return authorities.Count > 0
            ? authorities
            : throw new ClusterAccessException($"cluster '{cluster}' in {_path}: its certificate authority holds no PEM certificate");
    }

    private void Refuse(YamlMappingNode node, string[] allowed, string what)
    {
        foreach (var key in node.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value!))
        {
            if (!allowed.Contains(key))
            {
                throw new ClusterAccessException($"{what} in {_path} uses '{key}', which is not supported; supported: {string.Join(", ", allowed)}");
            }
        }
    }

    private byte[]? Bytes(YamlMappingNode node, string name)
    {
        try
        {
            return Text(node, name + "-data") is { } data ? Convert.FromBase64String(data)
                : Text(node, name) is { } file ? File.ReadAllBytes(FullPath(file))
                : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterAccessException($"{name} in {_path} cannot be read: {e.Message}");
        }
    }

    private string FullPath(string file) => Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(_path))!);

    private IEnumerable<YamlMappingNode> Items(string list) =>
        _root.Children.TryGetValue(new YamlScalarNode(list), out var node) && node is YamlSequenceNode items ? items.OfType<YamlMappingNode>() : [];

    private YamlMappingNode Body(string list, string name, string body) =>
        Items(list).FirstOrDefault(item => Text(item, "name") == name) is { } found
            && found.Children.TryGetValue(new YamlScalarNode(body), out var node) && node is YamlMappingNode mapping
            ? mapping
            : throw new ClusterAccessException($"{body} '{name}' not found in {_path}");

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlScalarNode { Value.Length: > 0 } scalar ? scalar.Value : null;
}
