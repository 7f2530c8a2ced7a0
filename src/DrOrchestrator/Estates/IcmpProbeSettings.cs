namespace DrOrchestrator.Estates;

/// <summary><c>icmp</c>: echo requests.</summary>
/// <param name="Count">Requests in one look, 1 to 20, sent one after the other.</param>
/// <param name="MostLost">Of them, how many may stay unanswered.</param>
public sealed record IcmpProbeSettings(string Host, IpChoice Ip, int Count, int MostLost) : ProbeSettings("icmp")
{
    /// <inheritdoc />
    public override string Target => Host;
}
