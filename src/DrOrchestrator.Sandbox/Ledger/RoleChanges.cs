namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>Whether a store may become primary. Pure.</summary>
internal static class Promotion
{
    /// <summary>
    /// From standby, or from demoted (a planned switch taken back), at the expected epoch only. Asked again after it was done it answers the same: an epoch is
    /// never entered twice, so "primary of N+1, and the fork of N is mine" can only be the outcome of this very request.
    /// </summary>
    public static RoleAnswer Decide(StoreState state, long expectEpoch, long end)
    {
        if (state.Role == StoreRole.Primary)
        {
            return state.Epoch == expectEpoch + 1 && state.Forks.LastOrDefault() is { } done && done.Epoch == expectEpoch
                ? new RoleAnswer(state, end, null)
                : new RoleAnswer(null, end, $"this store is primary at epoch {state.Epoch} already; it was not promoted from epoch {expectEpoch}");
        }

        if (state.Epoch != expectEpoch)
        {
            return new RoleAnswer(null, end, $"this store is {state.RoleWord} at epoch {state.Epoch}, not at epoch {expectEpoch}");
        }

        StoreState reached = new(StoreRole.Primary, expectEpoch + 1, [.. state.Forks, new Fork(end, expectEpoch)]);
        return new RoleAnswer(reached, end, null);
    }
}

/// <summary>Whether a store may stop being primary. Pure.</summary>
internal static class Demotion
{
    /// <summary>From primary at the expected epoch; already demoted at it is the same answer again.</summary>
    public static RoleAnswer Decide(StoreState state, long expectEpoch, long end)
    {
        if (state.Epoch != expectEpoch || state.Role == StoreRole.Standby)
        {
            return new RoleAnswer(null, end, $"this store is {state.RoleWord} at epoch {state.Epoch}, not primary at epoch {expectEpoch}");
        }

        return new RoleAnswer(state.Role == StoreRole.Demoted ? state : state with { Role = StoreRole.Demoted }, end, null);
    }
}

/// <summary>Where two ledgers part. Pure.</summary>
internal static class ForkHistory
{
    /// <summary>
    /// The position up to which a ledger of <paramref name="epoch"/> can agree with one that has seen <paramref name="forks"/>: the end of the first epoch, from
    /// that one on, that was left by a promotion; null when none was.
    /// </summary>
    public static long? PartedAt(IReadOnlyList<Fork> forks, long epoch) =>
        forks.Where(f => f.Epoch >= epoch).OrderBy(f => f.Epoch).Select(f => (long?)f.Position).Min();
}
