using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>Turns the containers of a pod into processes: command line, environment, log, volume.</summary>
internal sealed class PodContainers(JsonObject pod, string uid, int port, PodSurroundings around)
{
    private readonly string _name = pod.Text("metadata", "name")!;
    private readonly string? _app = pod.Text("metadata", "labels", "app");

    public bool IsStore => _app is "ledger-store" or "ledger-db";

    public bool IsLedger => IsStore || _app is "ledger-api";

    public List<ContainerRun> Make(Action report) => [.. pod.Items("spec", "containers").Select(container => Make(container, report))];

    public ContainerExec? Exec(ContainerRun? run, IReadOnlyList<string> command)
    {
        if (run?.Ends is not { } ends)
        {
            return null;
        }

        var container = pod.Items("spec", "containers").First(one => one.Text("name") == run.Name);
        return ContainerExec.Start([.. command.Select(word => OnDisk(container, word))], Environment(container), ends, around.Folders.Processes);
    }

    private ContainerRun Make(JsonObject container, Action report)
    {
        var probe = container.Map("readinessProbe");
        var surroundings = new ContainerSurroundings(
            instance => Start(container, instance),
            () => IsLedger && around.Faults.KillLedger,
            probe is null ? null : new ReadinessProbe(probe, port, around.Client, around.Options.Time),
            around.Options.RestartBackoff,
            around.Options.Time,
            report);
        return new ContainerRun(container.Text("name")!, _name, container.Text("image") ?? "", pod.Text("spec", "restartPolicy")!, surroundings);
    }

    private PodProcess Start(JsonObject container, int instance)
    {
        var log = around.Folders.Log(uid, container.Text("name")!, instance);
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        Directory.CreateDirectory(around.Folders.Processes);
        List<string> command = [.. around.Options.PodCommandPrefix, .. container.Texts("command").Concat(container.Texts("args")).Select(word => OnDisk(container, word))];
        IReadOnlyList<string> volumes = pod.Items("spec", "containers").Count() == 1 ? [.. PodFolders.ClaimsOf(pod).Select(around.Folders.Volume)] : [];
        return PodProcess.Start(new PodProcessStart(command, Environment(container), log, volumes, around.Options.Time), around.Folders.Processes);
    }

    /// <summary>A container sees the machine's own files, so a word that is a path below a claim's mount becomes the path of the claim's folder.</summary>
    private string OnDisk(JsonObject container, string word)
    {
        foreach (var mount in container.Items("volumeMounts"))
        {
            var claim = pod.Items("spec", "volumes").FirstOrDefault(volume => volume.Text("name") == mount.Text("name"))?.Text("persistentVolumeClaim", "claimName");
            if (claim is not null && mount.Text("mountPath") is { Length: > 1 } path && word.StartsWith(path + "/", StringComparison.Ordinal))
            {
                return around.Folders.Volume(claim) + word[path.Length..];
            }
        }

        return word;
    }

    private Dictionary<string, string> Environment(JsonObject container)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in container.Items("env"))
        {
            environment[entry.Text("name") ?? ""] = entry.Text("value") ?? "";
        }

        environment.Remove("");
        environment["POD_NAME"] = _name;
        environment["POD_NAMESPACE"] = pod.Text("metadata", "namespace")!;
        environment["POD_UID"] = uid;
        environment["SITE"] = around.Options.Name;
        environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        environment["DOTNET_EnableDiagnostics"] = "0";

        if (PodFolders.ClaimsOf(pod) is [var claim, ..])
        {
            environment["DRO_VOLUME"] = around.Folders.Volume(claim);
        }

        if (IsStore && around.Faults.IgnoreSigterm)
        {
            environment["DRO_IGNORE_SIGTERM"] = "1";
        }

        return environment;
    }
}
