using System.Text.Json.Nodes;
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

    public string Folder { get; init; } = "";

    public TimeSpan ReplicationDelay => TimeSpan.FromMilliseconds(ReplicationDelayMilliseconds);

    public Uri FrontDoorUrl => LoopbackServer.UrlOf(Ports.FrontDoor);

    public Uri AdminUrl => LoopbackServer.UrlOf(Ports.Admin);

    public Uri ControlUrl => LoopbackServer.UrlOf(Ports.Control);

    public string FaultsFile => Path.Combine(Folder, "faults.json");

    public string RequestsFile => Path.Combine(Folder, "requests.jsonl");

    public string RouteFile => Path.Combine(Folder, "route.json");

    public string EstateFolder => Path.Combine(Folder, "estate");

    public string AdminTokenFile => TokenFile("front-door-admin");

    public string FaultsTokenFile => TokenFile("faults");

    public Uri StoreUrl(string site) => LoopbackServer.UrlOf(site == Primary ? Ports.StorePrimary : Ports.StoreDr);

    public Uri ApiUrl(string site) => LoopbackServer.UrlOf(site == Primary ? Ports.ApiPrimary : Ports.ApiDr);

    public string PeerOf(string site) => site == Primary ? Dr : Primary;

    public string SiteFolder(string site) => Path.Combine(Folder, site);

    public string TokenFile(string name) => Path.Combine(EstateFolder, "tokens", name + ".token");

    public static LabSettings Read(string folder) =>
        JsonWire.ReadObject(PathIn(folder)) is var json && json["ports"] is JsonObject ports
            ? new LabSettings(LabPorts.From(ports), (int)json.IntegerIn("replicationDelayMilliseconds")) { Folder = folder }
            : throw new InvalidDataException($"{PathIn(folder)} is damaged: it has no ports");

    /// <summary>Reads the lab's ports, or chooses them on the first start; the replication delay is that of this start.</summary>
    public static LabSettings ReadOrCreate(string folder, TimeSpan replicationDelay)
    {
        LabPorts ports = File.Exists(PathIn(folder)) ? Read(folder).Ports : LabPorts.Choose();
        var lab = new LabSettings(ports, (int)replicationDelay.TotalMilliseconds) { Folder = folder };
        DurableFile.Replace(PathIn(folder), lab.ToJson().ToBytes());
        return lab;
    }

    private JsonObject ToJson() => new() { ["ports"] = Ports.ToJson(), ["replicationDelayMilliseconds"] = ReplicationDelayMilliseconds };

    private static string PathIn(string folder) => Path.Combine(folder, "lab.json");
}

/// <summary>Ports on 127.0.0.1, besides those of the sites' APIs, which the sites keep.</summary>
internal sealed record LabPorts(int FrontDoor, int Admin, int Control, int StorePrimary, int StoreDr, int ApiPrimary, int ApiDr)
{
    /// <summary>Seven free ports.</summary>
    public static LabPorts Choose() => new(
        FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take());

    public static LabPorts From(JsonObject json)
    {
        int Port(string key) => (int)json.IntegerIn(key);
        return new LabPorts(Port("frontDoor"), Port("admin"), Port("control"), Port("storePrimary"), Port("storeDr"), Port("apiPrimary"), Port("apiDr"));
    }

    public JsonObject ToJson() => new()
    {
        ["frontDoor"] = FrontDoor,
        ["admin"] = Admin,
        ["control"] = Control,
        ["storePrimary"] = StorePrimary,
        ["storeDr"] = StoreDr,
        ["apiPrimary"] = ApiPrimary,
        ["apiDr"] = ApiDr,
    };
}
