using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>What a rejoin came to: the result, or why it changed nothing.</summary>
internal sealed record RejoinAnswer(JsonObject? Result, string? Refusal);

/// <summary>
/// Makes an old primary a standby of the new one. The order is: agree up to the fork (by checksum), keep what only this side has, then decide (one durable
/// write of the state), then cut. A crash before the decision leaves the old primary whole; after it, the next opening of the volume finishes the cut.
/// </summary>
internal sealed class Rejoin(Volume volume, PeerLedger peer, TimeProvider time)
{
    /// <summary>Longest reconciliation list in the result, which says how many it lists of how many; the file on the volume has all of it.</summary>
    private const int MaxListed = 1000;

    public async Task<RejoinAnswer> RunAsync()
    {
        if (await peer.HistoryAsync().ConfigureAwait(false) is not { } history)
        {
            return Refuse($"the store at {peer.Url} does not answer; it must run as primary to rejoin it");
        }

        StoreState? state = StoreState.Read(volume.StatePath);
        if (ReasonAgainst(state, history) is { } reason)
        {
            return Refuse(reason);
        }

        using LedgerLog log = volume.OpenLog(ref state, time);
        if (state!.Role == StoreRole.Standby && state.Epoch == history.Epoch)
        {
            return new RejoinAnswer(ResultOf(state, Kept(state.Rejoined?.FromEpoch), log.End), null);
        }

        long end = log.End;
        long fork = ForkHistory.PartedAt(history.Forks, state.Epoch)!.Value;
        long common = Math.Min(fork, end);
        string own = Convert.ToHexStringLower(log.ChecksumAt(common)!);
        if (await peer.ChecksumAsync(common).ConfigureAwait(false) is not { } theirs || theirs != own)
        {
            return Refuse($"the two ledgers differ at position {common}, before they parted at {fork}; a person must look at both");
        }

        var suffix = new DivergentSuffix(state.Epoch, common, end, DivergentEntries(log, common));
        DurableFile.Replace(volume.DivergentPath(state.Epoch), suffix.ToJson().ToBytes());
        var decided = new StoreState(
            StoreRole.Standby, history.Epoch, history.Forks, TruncateTo: common, new RejoinFinding(state.Epoch, common, end));
        decided.Write(volume.StatePath);

        log.TruncateTo(common);
        decided = decided with { TruncateTo = null };
        decided.Write(volume.StatePath);
        return new RejoinAnswer(ResultOf(decided, suffix, end), null);
    }

    private string? ReasonAgainst(StoreState? state, PeerHistory history) =>
        state is null ? $"there is no ledger on the volume {volume.Folder}"
        : history.Role != "primary" ? $"the store at {peer.Url} is {history.Role}, not primary"
        : state.Role == StoreRole.Standby && state.Epoch == history.Epoch ? null
        : state.Epoch >= history.Epoch ? $"this ledger is {state.RoleWord} at epoch {state.Epoch}, the store at {peer.Url} primary at epoch {history.Epoch}; nothing newer to join"
        : ForkHistory.PartedAt(history.Forks, state.Epoch) is null ? $"the store at {peer.Url} knows no promotion from epoch {state.Epoch} on; where the two parted cannot be told"
        : null;

    private DivergentSuffix? Kept(long? epoch) => epoch is { } e && File.Exists(volume.DivergentPath(e))
        ? DivergentSuffix.From(JsonWire.ReadObject(volume.DivergentPath(e)))
        : null;

    private static IReadOnlyList<DivergentEntry> DivergentEntries(LedgerLog log, long after) =>
        [.. log.ReadAfter(after, int.MaxValue, TimeSpan.Zero)
            .Select(r => new DivergentEntry(r.Position, r.Epoch, r.Entry.Id, r.Entry.Kind, r.Entry.SentAt, r.Entry.Amount))];

    private static JsonObject ResultOf(StoreState state, DivergentSuffix? suffix, long end)
    {
        IReadOnlyList<DivergentEntry> entries = suffix?.Entries ?? [];
        JsonNode[] listed = [.. entries.Take(MaxListed).Select(e => new JsonObject
        {
            ["position"] = e.Position, ["id"] = e.Id, ["kind"] = e.Kind, ["amount"] = e.Amount,
        })];
        return new JsonObject
        {
            ["role"] = state.RoleWord,
            ["epoch"] = state.Epoch,
            ["forkPosition"] = state.Rejoined?.ForkPosition ?? end,
            ["oldEnd"] = state.Rejoined?.OldEnd ?? end,
            ["divergent"] = entries.Count,
            ["listed"] = listed.Length,
            ["complete"] = listed.Length == entries.Count,
            ["reconciliation"] = new JsonArray(listed),
        };
    }

    private static RejoinAnswer Refuse(string reason) => new(null, reason);
}
