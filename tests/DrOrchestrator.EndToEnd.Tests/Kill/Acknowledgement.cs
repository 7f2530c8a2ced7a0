namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>A store said "durable" to the direct writer.</summary>
/// <param name="Sent">When the request was sent, on one monotonic clock for both stores. The store wrote it between then and <paramref name="Answered"/>.</param>
internal sealed record Acknowledgement(string Site, long Epoch, TimeSpan Sent, TimeSpan Answered);

/// <summary>
/// Whether two stores were ever writable at once, by what they acknowledged. Pure. An epoch belongs to one store; and once a store has acknowledged in an epoch, no other
/// store acknowledges anything SENT after that in an older one. A request that was still in flight then proves nothing: it may have been written before.
/// </summary>
internal static class SplitBrain
{
    /// <summary>The first two acknowledgements that contradict each other, in words; null when none do.</summary>
    public static string? Find(IReadOnlyList<Acknowledgement> acknowledgements)
    {
        if (acknowledgements.GroupBy(a => a.Epoch).FirstOrDefault(epoch => epoch.Select(a => a.Site).Distinct().Count() > 1) is { } shared)
        {
            return $"epoch {shared.Key} was acknowledged by {string.Join(" and ", shared.Select(a => a.Site).Distinct())}";
        }

        var first = acknowledgements.GroupBy(a => a.Epoch).Select(epoch => epoch.MinBy(a => a.Answered)!).ToList();
        foreach (Acknowledgement newer in first)
        {
            if (acknowledgements.FirstOrDefault(a => a.Site != newer.Site && a.Epoch < newer.Epoch && a.Sent > newer.Answered) is { } stale)
            {
                return $"{newer.Site} acknowledged in epoch {newer.Epoch} at {newer.Answered}, and {stale.Site} still in epoch {stale.Epoch} what was sent at {stale.Sent}";
            }
        }

        return null;
    }
}
