using System.Net.Sockets;
using System.Security.Cryptography;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>What the zone's own server says of records. Question and answer are signed by the step's key: a forwarder, or whoever is on the way, cannot speak in its place.</summary>
internal sealed class DnsSight(TimeProvider time)
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What stands at the name; null where the server does not say, and why.</summary>
    public async Task<(DnsRecordSet? Set, string Trouble)> LookAsync(DnsStepSettings settings, DnsRecordType type, CancellationToken cancellationToken)
    {
        var id = Number();
        var (bytes, verdict, trouble) = await AskAsync(settings, id, DnsMessage.Question(id, settings.Name, type), cancellationToken).ConfigureAwait(false);
        if (bytes is null)
        {
            return (null, trouble);
        }

        try
        {
            var answer = DnsMessage.Read(bytes, id, type);
            if (answer.Rcode is not (0 or DnsRefusals.NameError) || !answer.IsAuthoritative)
            {
                return (null, FormattableString.Invariant($"{settings.Server} does not speak for {settings.Name}: it answers {answer.Rcode}{(answer.IsAuthoritative ? "" : ", not authoritative")}"));
            }

            if (!verdict.IsSigned)
            {
                return (null, Unsigned(settings));
            }

            // Behind an alias stand the records of another name.
            var own = answer.Records.Where(record => record.Owner == settings.Name).ToList();
            return (new DnsRecordSet(settings.Name, type, [.. own.Select(record => record.Text)], own.Count == 0 ? 0 : (uint)own[0].TimeToLive), "");
        }
        catch (FormatException garbled)
        {
            return (null, Silent(settings, garbled.Message));
        }
    }

    /// <summary>
    /// What stands in the way of changing what was seen, by the server's own judgement: an update of nothing, under the condition that the real one will carry. A record that a
    /// wildcard makes up, or a text in several pieces, is shown to whoever asks and is none that a condition can name; and beside an alias a server adds nothing, in silence
    /// (RFC 2136, 3.4.2.2).
    /// </summary>
    /// <returns>Why it cannot be changed, for people; null where nothing is known against it.</returns>
    /// <exception cref="FormatException">What stands cannot be written into a condition.</exception>
    public async Task<string?> ObstacleAsync(DnsStepSettings settings, DnsRecordSet stands, CancellationToken cancellationToken)
    {
        if (stands.Values.Count > 0)
        {
            return await TriedAsync(settings, id => DnsUpdate.Condition(id, settings.Zone, stands), $"{settings.Name} shows {DnsStep.Words(stands.Values)} at {settings.Server}, and has no such records of its own: a wildcard answers for it, or a text is in several pieces", cancellationToken).ConfigureAwait(false);
        }

        if (settings.Type is DnsRecordType.Cname)
        {
            return await TriedAsync(settings, id => DnsUpdate.Unused(id, settings.Zone, settings.Name), $"{settings.Name} has records of other types at {settings.Server}: no alias can stand beside them", cancellationToken).ConfigureAwait(false);
        }

        var (alias, trouble) = await LookAsync(settings, DnsRecordType.Cname, cancellationToken).ConfigureAwait(false);
        return alias is null ? trouble
            : alias.Values.Count > 0 ? $"{settings.Name} is an alias of {DnsStep.Words(alias.Values)} at {settings.Server}: no other records can stand beside it"
            : await TriedAsync(settings, id => DnsUpdate.Condition(id, settings.Zone, stands), $"{settings.Name} was changed by another", cancellationToken).ConfigureAwait(false);
    }

    public static ushort Number() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);

    private static string Unsigned(DnsStepSettings settings) => $"{settings.Server} answers for {settings.Name} without a signature of the key {settings.KeyName}, and is not believed";

    private static string Silent(DnsStepSettings settings, string trouble) => $"{settings.Server} does not say what {settings.Name} is: {trouble}";

    /// <param name="missed">What it means that the condition does not hold.</param>
    private async Task<string?> TriedAsync(DnsStepSettings settings, Func<ushort, byte[]> update, string missed, CancellationToken cancellationToken)
    {
        var id = Number();
        var (bytes, verdict, trouble) = await AskAsync(settings, id, update(id), cancellationToken).ConfigureAwait(false);
        return bytes is null ? trouble
            : !verdict.IsSigned ? Unsigned(settings)
            : DnsRefusals.IsOfCondition(verdict) ? missed
            : DnsRefusals.Of(verdict) is { } why ? $"{settings.Server} refuses the update: {why}"
            : verdict.Rcode != 0 ? FormattableString.Invariant($"{settings.Server} does not speak for {settings.Name}: it answers {verdict.Rcode}")
            : null;
    }

    /// <summary>The answer, what its signature is worth, or why there is none that says anything.</summary>
    private async Task<(byte[]? Answer, DnsVerdict Verdict, string Trouble)> AskAsync(DnsStepSettings settings, ushort id, byte[] question, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(LookTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        try
        {
            var signature = settings.Signature();
            var (message, mac) = signature.Sign(question, time.GetUtcNow());
            var answer = await DnsOverTcp.ExchangeAsync(settings.Server, message, () => { }, both.Token).ConfigureAwait(false);
            var verdict = signature.Verify(answer, id, mac, time.GetUtcNow());
            return DnsRefusals.OfKey(verdict) is { } refused ? (null, verdict, $"{settings.Server} refuses the key {settings.KeyName}: {refused}") : (answer, verdict, "");
        }
        catch (StepFailedException unreadable)
        {
            return (null, default, unreadable.Message);
        }
        catch (Exception lost) when (lost is IOException or SocketException or FormatException || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, default, Silent(settings, lost is OperationCanceledException ? "no answer in time" : lost.Message));
        }
    }
}
