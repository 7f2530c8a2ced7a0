using System.Text.Json;
using System.Text.Json.Serialization;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>What a store does with writes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StoreRole>))]
internal enum StoreRole
{
    /// <summary>Takes writes.</summary>
    [JsonStringEnumMemberName("primary")]
    Primary,

    /// <summary>Refuses writes and follows its peer.</summary>
    [JsonStringEnumMemberName("standby")]
    Standby,

    /// <summary>Refuses writes; everything it acknowledged is in its log, which it still serves.</summary>
    [JsonStringEnumMemberName("demoted")]
    Demoted,
}

/// <summary>Where a later epoch begins: <see cref="Epoch"/> ended at <see cref="Position"/>.</summary>
internal sealed record Fork(long Position, long Epoch);

/// <summary>
/// Role, epoch and history of a store. It lies beside the log, on the volume: a store that was primary comes back as primary, whoever else has been promoted
/// meanwhile, unless something keeps it from starting.
/// </summary>
/// <param name="Forks">Every promotion this ledger has seen, oldest first.</param>
/// <param name="TruncateTo">A rejoin decided to cut the log here; done before anything else at the next opening.</param>
/// <param name="Rejoined">What the rejoin into this epoch found, so that a second run says the same.</param>
internal sealed record StoreState(StoreRole Role, long Epoch, IReadOnlyList<Fork> Forks, long? TruncateTo = null, RejoinFinding? Rejoined = null)
{
    [JsonIgnore]
    public string RoleWord => WordOf(Role);

    public static string WordOf(StoreRole role) => role switch
    {
        StoreRole.Primary => "primary",
        StoreRole.Standby => "standby",
        _ => "demoted",
    };

    /// <summary>The state on the volume, or null on an empty one.</summary>
    public static StoreState? Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), JsonShapes.Default.StoreState) : null;

    public void Write(string path) => DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, JsonShapes.Default.StoreState));
}

/// <summary>What a rejoin found: epoch it came from, where that epoch ended elsewhere, where it ended here.</summary>
internal sealed record RejoinFinding(long FromEpoch, long ForkPosition, long OldEnd);

/// <summary>The entries of an old primary that the new one does not have, kept for the business to settle (账务核对).</summary>
internal sealed record DivergentSuffix(long Epoch, long ForkPosition, long OldEnd, IReadOnlyList<DivergentEntry> Entries);

/// <summary>One entry of a <see cref="DivergentSuffix"/>.</summary>
internal sealed record DivergentEntry(long Position, long Epoch, string Id, string Kind, string SentAt, long Amount);
