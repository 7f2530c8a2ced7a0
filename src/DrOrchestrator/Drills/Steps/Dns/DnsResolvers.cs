using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>
/// What the resolvers that users ask answer by now (<c>until:</c>). They keep what they have heard for its time to live, and bear no signature of ours: their word decides nothing
/// of the change itself, only when the step is through.
/// </summary>
internal sealed class DnsResolvers(TimeProvider time)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);

    /// <summary>What is not seen yet, in words; null when each of them answers with these records and no others.</summary>
    public async Task<string?> MissedAsync(DnsStepSettings settings, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(settings.Resolvers.Select(resolver => AskAsync(resolver, settings, values, cancellationToken))).ConfigureAwait(false);
        return answers.OfType<string>().ToList() is { Count: > 0 } missed ? string.Join("; ", missed) : null;
    }

    private async Task<string?> AskAsync(IPEndPoint resolver, DnsStepSettings settings, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(AskTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        try
        {
            var answer = await DnsOverTcp.AskAsync(resolver, settings.Name, settings.Type, both.Token).ConfigureAwait(false);
            var now = new DnsRecordSet(settings.Name, settings.Type, [.. answer.Records.Select(record => record.Text)], answer.Records.Count == 0 ? 0 : (uint)Math.Max(0, answer.Records.Max(record => record.TimeToLive)));
            return answer.Rcode is 0 or DnsRefusals.NameError && now.IsSame(values) ? null
                : answer.Rcode is not (0 or DnsRefusals.NameError) ? FormattableString.Invariant($"{resolver} answers {answer.Rcode} for {settings.Name}")
                : now.Values.Count == 0 ? $"{resolver} has no records of {settings.Name} yet"
                : $"{resolver} still answers {DnsStep.Words(now.Values)} for {settings.Name}, and may for {Durations.Format(TimeSpan.FromSeconds(now.TimeToLive))} more";
        }
        catch (Exception lost) when (lost is IOException or SocketException or FormatException || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"{resolver} does not say what {settings.Name} is: {(lost is OperationCanceledException ? "no answer in time" : lost.Message)}";
        }
    }
}
