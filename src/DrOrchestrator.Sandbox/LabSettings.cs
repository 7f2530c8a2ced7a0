using System.Text.Json;
using System.Text.Json.Serialization;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox;

/// <summary>
/// Addresses and file names of one lab, kept in its folder as <c>lab.json</c>: ports are chosen once, so that an estate, a kubeconfig or a bookmark still fits
/// after a restart.
/// </summary>
internal sealed record LabSettings(LabPorts Ports, int ReplicationDelayMilliseconds)
{
    public const string Primary = "primary";
    public const string Dr = "dr";

    public static IReadOnlyList<string> Sites { get; } = [Primary, Dr];

    [JsonIgnore]
    public string Folder { get; init; } = "";

    [JsonIgnore]
    public TimeSpan ReplicationDelay => TimeSpan.FromMilliseconds(ReplicationDelayMilliseconds);

    [JsonIgnore]
    public Uri FrontDoorUrl => LoopbackServer.UrlOf(Ports.FrontDoor);

    [JsonIgnore]
    public Uri AdminUrl => LoopbackServer.UrlOf(Ports.Admin);

    [JsonIgnore]
    public Uri ControlUrl => LoopbackServer.UrlOf(Ports.Control);

    [JsonIgnore]
    public string FaultsFile => Path.Combine(Folder, "faults.json");

    [JsonIgnore]
    public string RequestsFile => Path.Combine(Folder, "requests.jsonl");

    [JsonIgnore]
    public string RouteFile => Path.Combine(Folder, "route.json");

    [JsonIgnore]
    public string EstateFolder => Path.Combine(Folder, "estate");

    [JsonIgnore]
    public string AdminTokenFile => TokenFile("front-door-admin");

    [JsonIgnore]
    public string FaultsTokenFile => TokenFile("faults");

    public Uri StoreUrl(string site) => LoopbackServer.UrlOf(site == Primary ? Ports.StorePrimary : Ports.StoreDr);

    public Uri ApiUrl(string site) => LoopbackServer.UrlOf(site == Primary ? Ports.ApiPrimary : Ports.ApiDr);

    public string PeerOf(string site) => site == Primary ? Dr : Primary;

    public string SiteFolder(string site) => Path.Combine(Folder, site);

    public string TokenFile(string name) => Path.Combine(EstateFolder, "tokens", name + ".token");

    public static LabSettings Read(string folder) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(PathIn(folder)), JsonShapes.Default.LabSettings)! with { Folder = folder };

    /// <summary>Reads the lab's ports, or chooses them on the first start; the replication delay is that of this start.</summary>
    public static LabSettings ReadOrCreate(string folder, TimeSpan replicationDelay)
    {
        LabPorts ports = File.Exists(PathIn(folder)) ? Read(folder).Ports : LabPorts.Choose();
        var lab = new LabSettings(ports, (int)replicationDelay.TotalMilliseconds) { Folder = folder };
        DurableFile.Replace(PathIn(folder), JsonSerializer.SerializeToUtf8Bytes(lab, JsonShapes.Default.LabSettings));
        return lab;
    }

    private static string PathIn(string folder) => Path.Combine(folder, "lab.json");
}

/// <summary>Ports on 127.0.0.1, besides those of the sites' APIs, which the sites keep.</summary>
internal sealed record LabPorts(int FrontDoor, int Admin, int Control, int StorePrimary, int StoreDr, int ApiPrimary, int ApiDr)
{
    /// <summary>Seven free ports.</summary>
    public static LabPorts Choose() => new(
        FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take());
}
