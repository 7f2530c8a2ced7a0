using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Control;

/// <summary>A fault that is set. <see cref="Value"/> is in milliseconds, for the kinds that have one.</summary>
internal sealed record LabFault(string Name, string Site, bool Active, long? Value)
{
    public static LabFault From(JsonObject json) => new(json.TextIn("name"), json.TextIn("site"), json.Flag("active") == true, json.Integer("value"));

    public JsonObject ToJson() => new() { ["name"] = Name, ["site"] = Site, ["active"] = Active, ["value"] = Value };
}

/// <summary>The faults that are set, in a file that pods read each time before they act on it: a change holds for the very next thing they do.</summary>
internal sealed record LabFaults(IReadOnlyList<LabFault> Faults)
{
    public const string KillLedger = "kill-ledger";
    public const string ReplicationStalled = "replication-stalled";
    public const string ReplicationDelay = "replication-delay";
    public const string ApplicationDelay = "application-delay";
    public const string IgnoreSigterm = "ignore-sigterm";
    public const string NodeNotReady = "node-not-ready";

    public const string Flood = "flood";

    /// <summary>Every process of the site's database stands still (SIGSTOP).</summary>
    public const string FreezePrimary = "freeze-primary";

    /// <summary>The site's Services and the line between the sites pass nothing on and break nothing, as when packets are dropped. The site's Kubernetes API still answers.</summary>
    public const string Cut = "cut";

    public static IReadOnlyList<string> Names { get; } = [KillLedger, ReplicationStalled, ReplicationDelay, ApplicationDelay, IgnoreSigterm, NodeNotReady, Flood];

    /// <summary>Those of a lab with PostgreSQL.</summary>
    public static IReadOnlyList<string> NamesWithPostgres { get; } = [.. Names, FreezePrimary, Cut];

    public static LabFaults None { get; } = new([]);

    /// <summary>There is one line between the two sites: stalled at either end it is stalled.</summary>
    public bool ReplicationIsStalled => Faults.Any(f => f.Name == ReplicationStalled);

    /// <summary>As <see cref="ReplicationIsStalled"/>, the longer one holds; null when none is set.</summary>
    public TimeSpan? DelayOfReplication => Longest(Faults.Where(f => f.Name == ReplicationDelay));

    /// <summary>How long the application of a site that was promoted takes to become ready; null when no such fault is set.</summary>
    public TimeSpan? DelayOfApplication(string site) => Longest(Faults.Where(f => f.Name == ApplicationDelay && f.Site == site));

    /// <summary>The line between the sites is one: cut off either of them, it passes nothing.</summary>
    public bool LinkIsCut => Faults.Any(f => f.Name == Cut);

    public bool Freezes(string site) => Faults.Any(f => f.Name == FreezePrimary && f.Site == site);

    public static bool HasValue(string name) => name is ReplicationDelay or ApplicationDelay or Flood;

    public LabFaults With(LabFault fault)
    {
        IEnumerable<LabFault> others = Faults.Where(f => f.Name != fault.Name || f.Site != fault.Site);
        return new LabFaults(fault.Active ? [.. others, fault] : [.. others]);
    }

    public static LabFaults Read(string? path)
    {
        try
        {
            return path is null ? None : new LabFaults([.. JsonWire.ReadObject(path).ObjectsIn("faults").Select(LabFault.From)]);
        }
        catch (FileNotFoundException)
        {
            return None;
        }
    }

    public void Write(string path) => DurableFile.Replace(path, ToJson().ToBytes());

    public JsonObject ToJson() => new() { ["faults"] = new JsonArray([.. Faults.Select(f => f.ToJson())]) };

    private static TimeSpan? Longest(IEnumerable<LabFault> faults) => faults.Max(f => f.Value) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
