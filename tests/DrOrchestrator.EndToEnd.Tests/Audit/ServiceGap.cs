namespace DrOrchestrator.EndToEnd.Audit;

/// <summary>
/// The longest time in which a client got no write acknowledged. The service was up at some moment of the acknowledged write before, and down at some moment of the
/// first that failed; so the true edge lies between the start of the one and the end of the other. The same at the far end.
/// </summary>
internal sealed record ServiceGap(OutsideWrite LastGood, OutsideWrite FirstFailed, OutsideWrite LastFailed, OutsideWrite FirstGood)
{
    /// <summary>From the last acknowledgement to the first one after.</summary>
    public TimeSpan Length => FirstGood.AnsweredAt - LastGood.AnsweredAt;

    /// <summary>How far <see cref="Length"/> may be from the truth: what lies between this client's writes at both edges.</summary>
    public TimeSpan Spacing => FirstFailed.AnsweredAt - LastGood.SentAt + (FirstGood.AnsweredAt - LastFailed.SentAt);

    public static ServiceGap LongestOf(IReadOnlyList<OutsideWrite> writes, DateTimeOffset from, DateTimeOffset to)
    {
        OutsideWrite[] window = [.. writes.Where(w => w.SentAt >= from && w.SentAt < to)];
        int[] good = [.. Enumerable.Range(0, window.Length).Where(i => window[i].Acknowledged)];
        (int before, int after) = good.Zip(good.Skip(1)).Where(pair => pair.Second > pair.First + 1).MaxBy(pair => window[pair.Second].AnsweredAt - window[pair.First].AnsweredAt);
        after.Should().BePositive("between {0:HH:mm:ss.fff} and {1:HH:mm:ss.fff} a client outside must have seen the service go and come back", from, to);
        return new ServiceGap(window[before], window[before + 1], window[after - 1], window[after]);
    }
}
