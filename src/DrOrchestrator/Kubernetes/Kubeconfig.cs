using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Reads one context of a kubeconfig: of one file, or of a list as <c>KUBECONFIG</c> is, where the first file that has a named entry gives all of it. Strict: what kubectl
/// does and this program does not (impersonation, unverified TLS, auth-provider, passwords) is refused by name, because a setting that is silently ignored reaches the wrong
/// cluster or the wrong user. For the same reason a missing file of a list is refused, which kubectl passes over.
/// </summary>
internal sealed class Kubeconfig
{
    private static readonly string[] ClusterKeys = ["server", "certificate-authority", "certificate-authority-data", "tls-server-name", "proxy-url", "extensions", "disable-compression"];

    private static readonly string[] UserKeys = ["token", "tokenFile", "client-certificate", "client-certificate-data", "client-key", "client-key-data", "exec", "extensions"];

    private readonly IReadOnlyList<KubeconfigFile> _files;
    private readonly List<FileStamp> _stamps;

    private Kubeconfig(IReadOnlyList<KubeconfigFile> files)
    {
        _files = files;
        _stamps = [.. files.Select(file => file.Stamp)];
    }

    private string Where => string.Join(":", _files.Select(file => file.Path));

    /// <summary>Reads the files and the context; throws <see cref="ClusterAccessException"/>.</summary>
    /// <param name="paths">One path, or several with colons between.</param>
    public static ClusterAccess Read(string paths, string context) => new Kubeconfig([.. Split(paths).Select(KubeconfigFile.Load)]).Context(context);

    /// <summary>The files of a list; a file whose own name has a colon is itself.</summary>
    public static IReadOnlyList<string> Split(string paths) => File.Exists(paths) ? [paths] : paths.Split(':', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Of PEM; throws <see cref="ClusterAccessException"/>.</summary>
    public static X509Certificate2Collection Authorities(byte[] content, string source)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(content));
        }
        catch (CryptographicException e)
        {
            throw new ClusterAccessException($"{source}: its certificate authority cannot be read: {e.Message}");
        }

        return authorities.Count > 0 ? authorities : throw new ClusterAccessException($"{source}: its certificate authority holds no PEM certificate");
    }

    private ClusterAccess Context(string name)
    {
        var names = _files.SelectMany(file => file.Items("contexts")).Select(item => KubeconfigEntry.Text(item, "name")).OfType<string>().Distinct().ToList();
        if (!names.Contains(name))
        {
            throw new ClusterAccessException($"context '{name}' not found in {Where}; it has: {(names.Count == 0 ? "none" : string.Join(", ", names))}");
        }

        var context = Entry("contexts", name, "context");
        var cluster = Entry("clusters", context.Text("cluster") ?? throw new ClusterAccessException($"{context.What} names no cluster"), "cluster");
        var user = Entry("users", context.Text("user") ?? throw new ClusterAccessException($"{context.What} names no user"), "user");
        cluster.Refuse(ClusterKeys);
        user.Refuse(UserKeys);

        var server = cluster.Text("server");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
        {
            throw new ClusterAccessException($"{cluster.What}: server '{server}' is no https address");
        }

        var authority = Bytes(cluster, "certificate-authority")
            ?? throw new ClusterAccessException($"{cluster.What} has no certificate-authority-data and no certificate-authority; one is needed");
        return new ClusterAccess(
            cluster.What,
            url,
            cluster.Text("tls-server-name"),
            Authorities(authority, cluster.What),
            Proxy(cluster),
            User(user, cluster, authority),
            _stamps);
    }

    private ClusterUser User(KubeconfigEntry user, KubeconfigEntry cluster, byte[] authority)
    {
        var (certificate, key) = (Bytes(user, "client-certificate"), Bytes(user, "client-key"));
        if ((certificate is null) != (key is null))
        {
            throw new ClusterAccessException($"{user.What} has {(key is null ? "a client certificate and no client key" : "a client key and no client certificate")}; both are needed");
        }

        var exec = user.Node("exec") is { } node ? ExecSettings.Read(node, user, cluster, authority) : null;
        if (exec is not null && (certificate is not null || user.Text("token") is not null || user.Text("tokenFile") is not null))
        {
            throw new ClusterAccessException($"{user.What} has 'exec' and another credential; keep one of them");
        }

        return new ClusterUser(
            user.What,
            user.Text("token"),
            user.Text("tokenFile") is { } file ? user.File.FullPath(file) : null,
            certificate is null ? null : ClientCertificate.Of(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key!), user.What),
            exec);
    }

    private static ClusterProxy? Proxy(KubeconfigEntry cluster)
    {
        if (cluster.Text("proxy-url") is not { } text)
        {
            return null;
        }

        // The address itself is not said: it may hold a password.
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && ClusterProxy.Schemes.Contains(url.Scheme) && url.Host.Length > 0
            ? new ClusterProxy(url)
            : throw new ClusterAccessException($"{cluster.What}: its proxy-url is no address of the kind {string.Join(", ", ClusterProxy.Schemes.Select(scheme => scheme + "://HOST:PORT"))}");
    }

    private byte[]? Bytes(KubeconfigEntry entry, string name)
    {
        try
        {
            if (entry.Text(name + "-data") is { } data)
            {
                return Convert.FromBase64String(data);
            }

            if (entry.Text(name) is not { } file)
            {
                return null;
            }

            var path = entry.File.FullPath(file);
            _stamps.Add(FileStamp.Of(path));
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterAccessException($"{name} of {entry.What} cannot be read: {e.Message}");
        }
    }

    private KubeconfigEntry Entry(string list, string name, string body)
    {
        foreach (var file in _files)
        {
            var found = file.Items(list).Where(item => KubeconfigEntry.Text(item, "name") == name).ToList();
            if (found.Count > 1)
            {
                throw new ClusterAccessException($"{body} '{name}' stands {found.Count} times in {file.Path}; keep one of them");
            }

            if (found.Count == 1)
            {
                return found[0].Children.TryGetValue(new YamlScalarNode(body), out var node) && node is YamlMappingNode mapping
                    ? new KubeconfigEntry(file, mapping, $"{body} '{name}' in {file.Path}")
                    : throw new ClusterAccessException($"{body} '{name}' in {file.Path} has no '{body}:'");
            }
        }

        throw new ClusterAccessException($"{body} '{name}' not found in {Where}");
    }
}
