using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>
/// <c>dns</c>: makes the records of one type at one name others, by a signed dynamic update (RFC 2136, RFC 8945). The server changes them only where they still are what the
/// intent says, so that neither a stale owner nor a request that comes late changes what somebody else has set. What stands is asked of that server itself, never of a cache.
/// </summary>
internal sealed class DnsStep(TimeProvider time) : IReversibleStepKind, IStandingKind
{
    private const uint ShortLife = 60;

    private readonly DnsSight _sight = new(time);
    private readonly DnsResolvers _resolvers = new(time);

    public StepKindShape Shape { get; } = new(
        "dns",
        StepEffect.Reversible,
        NeedsSite: false,
        "Changes the records of a name by a signed dynamic update.",
        DnsStepSettings.Shapes,
        ["values", "before"])
    {
        Judge = DnsStepSettings.Judge,
        SecretFiles = with => [new DnsStepSettings(with).KeyFile],
        JudgeRehearsal = DnsStepSettings.JudgeRehearsal,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (DnsStepSettings.Judge(context.Parameters).FirstOrDefault() is { } problem)
        {
            throw new StepFailedException($"{problem.Found}; allowed: {problem.Allowed}");
        }

        var settings = new DnsStepSettings(context.Parameters);
        var (now, trouble) = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
        if (now is null)
        {
            throw new StepFailedException(trouble);
        }

        if (settings.Expected is { } expected && !now.IsSame(expected) && !now.IsSame(settings.Values))
        {
            throw new StepFailedException($"the records of {settings.Name} are {Words(now.Values)} at {settings.Server}, and the plan expects {Words(expected)}");
        }

        if (settings.Resolvers.Count > 0 && TimeSpan.FromSeconds(now.TimeToLive) is var kept && kept > context.Step.Timeout && !now.IsSame(settings.Values))
        {
            throw new StepFailedException($"resolvers may keep the old records of {settings.Name} for {Durations.Format(kept)}, and the step waits {Durations.Format(context.Step.Timeout)}: lower their 'ttl' that long before, or lengthen 'timeout'");
        }

        try
        {
            if (await _sight.ObstacleAsync(settings, now, cancellationToken).ConfigureAwait(false) is { } obstacle)
            {
                throw new StepFailedException(obstacle);
            }
        }
        catch (FormatException unwritable)
        {
            throw new StepFailedException(unwritable.Message);
        }

        var intent = Target(settings);
        intent["key"] = settings.KeyName;
        intent["before"] = JournalJson.Array(now.Values);
        intent["beforeTtl"] = now.TimeToLive;
        intent["after"] = JournalJson.Array(settings.Values);
        intent["afterTtl"] = settings.TimeToLive ?? (now.Values.Count > 0 ? now.TimeToLive : ShortLife);
        return intent;
    }

    /// <summary>What another step of the run may still set, unheard, this one does not set.</summary>
    public DateTimeOffset? MayBegin(StepContext context) => DnsTwins.OfOthers(context, Target(new DnsStepSettings(context.Parameters)));

    public TimeSpan? ActsLateFor => DnsTwins.ActFor;

    public DateTimeOffset? MayUndo(StepContext context, JsonObject intent) => ((DateTimeOffset?[])[DnsTwins.OfItself(context), DnsTwins.OfOthers(context, intent)]).Max();

    /// <summary>The change; whether resolvers answer with it is observed from then on.</summary>
    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var outcome = await ChangeAsync(context, Set(intent, "before"), Set(intent, "after"), Outputs(intent), cancellationToken).ConfigureAwait(false);
        return outcome is StepOutcome.Done done
            ? done with { Missed = await _resolvers.MissedAsync(new DnsStepSettings(context.Parameters), intent.Texts("after"), cancellationToken).ConfigureAwait(false) }
            : outcome;
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = new DnsStepSettings(context.Parameters);
        var (now, trouble) = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
        return now is null ? new Observation(ObservedAnswer.StillMay, trouble)
            : now.IsSame(intent.Texts("after")) ? new Observation(ObservedAnswer.Happened, $"the records of {settings.Name} are {Words(now.Values)} at {settings.Server}", Outputs(intent))
            {
                Missed = await _resolvers.MissedAsync(settings, now.Values, cancellationToken).ConfigureAwait(false),
            }

            // A request may still be on its way: sent once more under the same condition, only one of the two can act.
            : now.IsSame(intent.Texts("before")) ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"{settings.Name} still is {Words(now.Values)} at {settings.Server}", OnlyByRepeating: true)
            : new Observation(ObservedAnswer.CannotHappenAnyMore, $"{settings.Name} was changed by another: it is {Words(now.Values)} at {settings.Server}, and the update needs {Words(intent.Texts("before"))}");
    }

    /// <summary>By server: one name may mean another thing to those outside.</summary>
    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => new DnsStepSettings(context.Parameters) is var settings ? [new StepTarget("dns", settings.Server.ToString(), settings.Name)] : [];

    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = new DnsStepSettings(context.Parameters);
        return (await LookAsync(settings, cancellationToken).ConfigureAwait(false)).Set is { } now && !now.IsSame(intent.Texts("after"))
            ? $"the records of {settings.Name} are {Words(now.Values)} at {settings.Server}, and the step made them {Words(intent.Texts("after"))}"
            : null;
    }

    /// <summary>Back to what the intent saw; only where what this step set still stands.</summary>
    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var settings = new DnsStepSettings(context.Parameters);
        var (now, trouble) = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
        return now is null ? new StepOutcome.Unknown(trouble)
            : now.IsSame(intent.Texts("before")) ? new StepOutcome.Done([])
            : !now.IsSame(intent.Texts("after")) ? new StepOutcome.Failed($"{settings.Name} was changed by another since: it is {Words(now.Values)} at {settings.Server}, and is left as it is")
            : await ChangeAsync(context, Set(intent, "after"), Set(intent, "before"), [], cancellationToken).ConfigureAwait(false);
    }

    public string Describe(PlanStep step, Estate estate) =>
        $"set {step.Parameters.Text("type")} of {step.Parameters.Text("name")} to {string.Join(", ", step.Parameters.Texts("values"))} at {step.Parameters.Text("server")}";

    internal static string Words(IReadOnlyList<string> values) => values.Count == 0 ? "not there" : string.Join(",", values.Order(StringComparer.Ordinal));

    private static JsonObject Outputs(JsonObject intent) => new() { ["values"] = string.Join(",", intent.Texts("after")), ["before"] = string.Join(",", intent.Texts("before")) };

    private static DnsRecordSet Set(JsonObject intent, string which) => new(
        intent.Text("name"), Enum.Parse<DnsRecordType>(intent.Text("type"), ignoreCase: true), intent.Texts(which), uint.Parse(intent[$"{which}Ttl"]!.ToString(), CultureInfo.InvariantCulture));

    private static JsonObject Target(DnsStepSettings settings) => new()
    {
        ["server"] = settings.Server.ToString(),
        ["zone"] = settings.Zone,
        ["name"] = settings.Name,
        ["type"] = settings.Type.ToString().ToUpperInvariant(),
    };

    private async Task<StepOutcome> ChangeAsync(StepContext context, DnsRecordSet from, DnsRecordSet to, JsonObject outputs, CancellationToken cancellationToken)
    {
        var settings = new DnsStepSettings(context.Parameters);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        using var ends = new CancellationTokenSource(deadline.Remaining, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var sent = false;
        DnsVerdict verdict;
        try
        {
            var (now, unseen) = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
            if (now is null)
            {
                return NotSent(unseen);
            }

            if (now.IsSame(to.Values))
            {
                return new StepOutcome.Done(outputs);
            }

            var signature = settings.Signature();
            var id = DnsSight.Number();
            var (message, mac) = signature.Sign(DnsUpdate.Message(id, settings.Zone, from, to), time.GetUtcNow());
            var answer = await DnsOverTcp.ExchangeAsync(settings.Server, message, Leaves, both.Token).ConfigureAwait(false);
            verdict = signature.Verify(answer, id, mac, time.GetUtcNow());
        }
        catch (StepFailedException failed)
        {
            return NotSent(failed.Message);
        }
        catch (Exception lost) when (lost is IOException or SocketException or FormatException || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var trouble = lost is OperationCanceledException ? "no answer in time" : lost.Message;
            return sent ? new StepOutcome.Unknown($"whether {settings.Server} has changed {settings.Name} is not known: {trouble}")
                : NotSent(lost is FormatException ? trouble : $"{settings.Server} was not reached: {trouble}");
        }

        return await JudgeAsync(settings, verdict, from, to, outputs, NotSent, cancellationToken).ConfigureAwait(false);

        void Leaves()
        {
            context.Permit.Require();
            sent = true;
        }

        // Nothing of this attempt has left, or the server has refused it; something that left before may still act.
        StepOutcome NotSent(string why) => DnsTwins.OfItself(context) > time.GetUtcNow() ? new StepOutcome.Unknown(why) : new StepOutcome.Failed(why);
    }

    /// <summary>Without its signature an answer says nothing, neither "changed" nor "refused": whoever is on the way may have let the update through. Then what stands decides.</summary>
    private async Task<StepOutcome> JudgeAsync(DnsStepSettings settings, DnsVerdict verdict, DnsRecordSet from, DnsRecordSet to, JsonObject outputs, Func<string, StepOutcome> withoutEffect, CancellationToken cancellationToken)
    {
        if (verdict.IsSigned && DnsRefusals.Of(verdict) is { } why)
        {
            return withoutEffect($"{settings.Server} refuses the update: {why}");
        }

        // A condition that does not hold answers a lost twin of this request as well as someone else's change: what stands decides.
        var (now, trouble) = await LookAsync(settings, cancellationToken).ConfigureAwait(false);
        return now is null ? verdict is { Rcode: 0, IsSigned: true } ? new StepOutcome.Done(outputs) : new StepOutcome.Unknown(trouble)
            : now.IsSame(to.Values) ? new StepOutcome.Done(outputs)
            : verdict.IsSigned && DnsRefusals.IsOfCondition(verdict) ? new StepOutcome.Failed($"{settings.Name} was changed by another: it is {Words(now.Values)} at {settings.Server}, and the update needs {Words(from.Values)}")
            : new StepOutcome.Unknown(FormattableString.Invariant($"{settings.Server} answers {verdict.Rcode}{(verdict.IsSigned ? "" : ", unsigned")}, and {settings.Name} is {Words(now.Values)} there"));
    }

    private Task<(DnsRecordSet? Set, string Trouble)> LookAsync(DnsStepSettings settings, CancellationToken cancellationToken) => _sight.LookAsync(settings, settings.Type, cancellationToken);
}
