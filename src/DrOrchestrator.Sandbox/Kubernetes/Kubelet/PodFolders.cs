using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>Where a pod's logs and volumes are on disk.</summary>
internal sealed class PodFolders(string siteFolder)
{
    public string Processes => Path.Combine(siteFolder, "processes");

    public string Logs(string uid) => Path.Combine(siteFolder, "logs", uid);

    public string Log(string uid, string container, int instance) =>
        Path.Combine(Logs(uid), container, instance.ToString(CultureInfo.InvariantCulture) + ".log");

    public string Volume(string claim) => Path.GetFullPath(Path.Combine(siteFolder, "volumes", claim));

    /// <summary>Names of the claims a pod mounts, in its own order.</summary>
    public static IReadOnlyList<string> ClaimsOf(JsonNode pod) =>
        [.. pod.Items("spec", "volumes").Select(volume => volume.Text("persistentVolumeClaim", "claimName")).OfType<string>()];
}
