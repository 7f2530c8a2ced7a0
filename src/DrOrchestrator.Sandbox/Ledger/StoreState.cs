using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>What a store does with writes.</summary>
internal enum StoreRole
{
    /// <summary>Takes writes.</summary>
    Primary,

    /// <summary>Refuses writes and follows its peer.</summary>
    Standby,

    /// <summary>Refuses writes; everything it acknowledged is in its log, which it still serves.</summary>
    Demoted,
}

/// <summary>Where a later epoch begins: <see cref="Epoch"/> ended at <see cref="Position"/>.</summary>
internal sealed record Fork(long Position, long Epoch)
{
    public static Fork From(JsonObject json) => new(json.IntegerIn("position"), json.IntegerIn("epoch"));

    public JsonObject ToJson() => new() { ["position"] = Position, ["epoch"] = Epoch };
}

/// <summary>
/// Role, epoch and history of a store. It lies beside the log, on the volume: a store that was primary comes back as primary, whoever else has been promoted
/// meanwhile, unless something keeps it from starting.
/// </summary>
/// <param name="Forks">Every promotion this ledger has seen, oldest first.</param>
/// <param name="TruncateTo">A rejoin decided to cut the log here; done before anything else at the next opening.</param>
/// <param name="Rejoined">What the rejoin into this epoch found, so that a second run says the same.</param>
internal sealed record StoreState(StoreRole Role, long Epoch, IReadOnlyList<Fork> Forks, long? TruncateTo = null, RejoinFinding? Rejoined = null)
{
    public string RoleWord => WordOf(Role);

    public static string WordOf(StoreRole role) => role switch
    {
        StoreRole.Primary => "primary",
        StoreRole.Standby => "standby",
        _ => "demoted",
    };

    /// <summary>The state on the volume, or null on an empty one.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static StoreState? Read(string path) => File.Exists(path) ? From(JsonWire.ReadObject(path)) : null;

    public void Write(string path) => DurableFile.Replace(path, ToJson().ToBytes());

    private static StoreState From(JsonObject json) => new(
        RoleOf(json.TextIn("role")),
        json.IntegerIn("epoch"),
        [.. json.ObjectsIn("forks").Select(Fork.From)],
        json.Integer("truncateTo"),
        json["rejoined"] is JsonObject rejoined ? RejoinFinding.From(rejoined) : null);

    private static StoreRole RoleOf(string word) => word switch
    {
        "primary" => StoreRole.Primary,
        "standby" => StoreRole.Standby,
        "demoted" => StoreRole.Demoted,
        _ => throw new InvalidDataException($"the state of the store is damaged: there is no role '{word}'"),
    };

    private JsonObject ToJson() => new()
    {
        ["role"] = RoleWord,
        ["epoch"] = Epoch,
        ["forks"] = new JsonArray([.. Forks.Select(f => f.ToJson())]),
        ["truncateTo"] = TruncateTo,
        ["rejoined"] = Rejoined?.ToJson(),
    };
}

/// <summary>What a rejoin found: epoch it came from, where that epoch ended elsewhere, where it ended here.</summary>
internal sealed record RejoinFinding(long FromEpoch, long ForkPosition, long OldEnd)
{
    public static RejoinFinding From(JsonObject json) => new(json.IntegerIn("fromEpoch"), json.IntegerIn("forkPosition"), json.IntegerIn("oldEnd"));

    public JsonObject ToJson() => new() { ["fromEpoch"] = FromEpoch, ["forkPosition"] = ForkPosition, ["oldEnd"] = OldEnd };
}

/// <summary>The entries of an old primary that the new one does not have, kept for the business to settle (账务核对).</summary>
internal sealed record DivergentSuffix(long Epoch, long ForkPosition, long OldEnd, IReadOnlyList<DivergentEntry> Entries)
{
    public static DivergentSuffix From(JsonObject json) => new(
        json.IntegerIn("epoch"), json.IntegerIn("forkPosition"), json.IntegerIn("oldEnd"), [.. json.ObjectsIn("entries").Select(DivergentEntry.From)]);

    public JsonObject ToJson() => new()
    {
        ["epoch"] = Epoch, ["forkPosition"] = ForkPosition, ["oldEnd"] = OldEnd, ["entries"] = new JsonArray([.. Entries.Select(e => e.ToJson())]),
    };
}

/// <summary>One entry of a <see cref="DivergentSuffix"/>.</summary>
internal sealed record DivergentEntry(long Position, long Epoch, string Id, string Kind, string SentAt, long Amount)
{
    public static DivergentEntry From(JsonObject json) => new(
        json.IntegerIn("position"), json.IntegerIn("epoch"), json.TextIn("id"), json.TextIn("kind"), json.TextIn("sentAt"), json.IntegerIn("amount"));

    public JsonObject ToJson() => new()
    {
        ["position"] = Position, ["epoch"] = Epoch, ["id"] = Id, ["kind"] = Kind, ["sentAt"] = SentAt, ["amount"] = Amount,
    };
}
