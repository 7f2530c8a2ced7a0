using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>What a lab with PostgreSQL knows besides: where its programs are, and the ports of both sites.</summary>
internal sealed record PostgresLab(PostgresInstallation Installation, PostgresPorts Primary, PostgresPorts Dr)
{
    public static PostgresLab Choose(PostgresInstallation installation) => new(installation, PostgresPorts.Choose(), PostgresPorts.Choose());

    public PostgresPorts Of(string site) => site == LabSettings.Primary ? Primary : Dr;

    public static PostgresLab From(JsonObject json)
    {
        PostgresAccount? account = json["runAs"] is JsonObject user ? new PostgresAccount(user.TextIn("name"), (uint)user.IntegerIn("user"), (uint)user.IntegerIn("group")) : null;
        PostgresPorts Ports(string site) => json[site] is JsonObject ports ? PostgresPorts.From(ports) : throw new InvalidDataException($"lab.json is damaged: it has no PostgreSQL ports of {site}");
        return new PostgresLab(new PostgresInstallation(json.TextIn("programs"), account), Ports(LabSettings.Primary), Ports(LabSettings.Dr));
    }

    public JsonObject ToJson() => new()
    {
        ["programs"] = Installation.Folder,
        ["runAs"] = Installation.RunAs is { } user ? new JsonObject { ["name"] = user.Name, ["user"] = user.User, ["group"] = user.Group } : null,
        [LabSettings.Primary] = Primary.ToJson(),
        [LabSettings.Dr] = Dr.ToJson(),
    };
}

/// <summary>Ports of one site's database on 127.0.0.1.</summary>
/// <param name="Service">Where clients reach it: its Service, which does not listen while no pod is ready.</param>
/// <param name="Server">Where the server itself listens; used within the site only.</param>
/// <param name="Link">Where the other site's standby reaches it: the line between the sites, with its delay.</param>
internal sealed record PostgresPorts(int Service, int Server, int Link)
{
    public static PostgresPorts Choose() => new(FreePorts.Take(), FreePorts.Take(), FreePorts.Take());

    public static PostgresPorts From(JsonObject json) => new((int)json.IntegerIn("service"), (int)json.IntegerIn("server"), (int)json.IntegerIn("link"));

    public JsonObject ToJson() => new() { ["service"] = Service, ["server"] = Server, ["link"] = Link };
}
