using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Postgres;
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

    /// <summary>Of a lab whose ledger is kept in PostgreSQL; null for one with the lab's own store.</summary>
    public PostgresLab? Postgres { get; init; }

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
            ? new LabSettings(LabPorts.From(ports), (int)json.IntegerIn("replicationDelayMilliseconds"))
            {
                Folder = folder,
                Postgres = json["postgres"] is JsonObject postgres ? PostgresLab.From(postgres) : null,
            }
            : throw new InvalidDataException($"{PathIn(folder)} is damaged: it has no ports");

    /// <summary>Reads the lab's ports, or chooses them on the first start; the replication delay is that of this start. What keeps the ledger was decided by the first start.</summary>
    /// <param name="postgres">Asks for PostgreSQL; null asks for nothing.</param>
    /// <exception cref="IOException">PostgreSQL is needed and not there, or the lab was made without it.</exception>
    public static LabSettings ReadOrCreate(string folder, TimeSpan replicationDelay, PostgresOptions? postgres = null)
    {
        LabSettings? before = File.Exists(PathIn(folder)) ? Read(folder) : null;
        if (before is { Postgres: null } && postgres is not null)
        {
            throw new IOException($"the lab in {folder} was made without PostgreSQL and stays so; take another folder");
        }

        var lab = new LabSettings(before?.Ports ?? LabPorts.Choose(), (int)replicationDelay.TotalMilliseconds)
        {
            Folder = folder,
            Postgres = before?.Postgres is not null || postgres is not null ? WithPrograms(before?.Postgres, postgres?.ProgramsFolder) : null,
        };
        DurableFile.Replace(PathIn(folder), lab.ToJson().ToBytes());
        return lab;
    }

    /// <summary>Looked for at every start: an upgrade of the machine moves them.</summary>
    private static PostgresLab WithPrograms(PostgresLab? before, string? programs) =>
        PostgresInstallation.Find(programs, out string? problem) is not { } found ? throw new IOException(problem)
        : before is null ? PostgresLab.Choose(found)
        : before with { Installation = found };

    private JsonObject ToJson()
    {
        var json = new JsonObject { ["ports"] = Ports.ToJson(), ["replicationDelayMilliseconds"] = ReplicationDelayMilliseconds };
        if (Postgres is not null)
        {
            json["postgres"] = Postgres.ToJson();
        }

        return json;
    }

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
