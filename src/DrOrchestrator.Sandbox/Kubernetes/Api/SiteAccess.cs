using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>How the site is reached: port and token, made once and kept, and the kubeconfig that says so.</summary>
internal sealed record SiteAccess(int Port, string Token)
{
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}"));

    public static SiteAccess Obtain(string folder)
    {
        var port = Keep(Path.Combine(folder, "api-port"), () => FreePorts.Take().ToString(CultureInfo.InvariantCulture));
        var token = Keep(Path.Combine(folder, "token"), () => RandomNumberGenerator.GetHexString(48, lowercase: true));
        return new SiteAccess(int.Parse(port, CultureInfo.InvariantCulture), token);
    }

    public void WriteKubeconfig(string path, string site, string authorityPem)
    {
        var text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: {site}
              cluster:
                server: {Url.ToString().TrimEnd('/')}
                certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(authorityPem))}
            users:
            - name: {site}
              user:
                token: {Token}
            contexts:
            - name: {site}
              context:
                cluster: {site}
                user: {site}
            current-context: {site}

            """;
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(text));
    }

    private static string Keep(string file, Func<string> make)
    {
        if (!File.Exists(file))
        {
            DurableFile.Replace(file, Encoding.ASCII.GetBytes(make()));
        }

        return File.ReadAllText(file);
    }
}
