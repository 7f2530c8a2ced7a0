using DrOrchestrator.Estates;
using Npgsql;

namespace DrOrchestrator.Probes.Postgres;

/// <summary>
/// Looks at PostgreSQL as a client does. The look ends with the timeout whatever the client library is waiting for; what is left of it is cancelled at the server and waited
/// for by the next look, so that a hung server never holds more than one session and one thread of a probe.
/// </summary>
internal sealed class PostgresProbe(ProbeDefinition definition, PostgresProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private readonly List<PostgresSource> _sources = [.. settings.Server.Hosts.Select(host => new PostgresSource(settings.Server, host, definition.Timeout, () => context.Clock.Now))];
    private readonly TimeSpan _margin = TimeSpan.FromMilliseconds(Math.Clamp(definition.Timeout.TotalMilliseconds / 5, 1, 250));
    private Task _remains = Task.CompletedTask;
    private (PostgresSource Source, NpgsqlConnection Connection)? _kept;
    private volatile PostgresFacts? _committing;

    private bool IsReused => !settings.FreshConnection && settings.Mode != PostgresProbeMode.Connect;

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        _committing = null;
        await _remains.WaitAsync(deadline).ConfigureAwait(false);
        var abort = new CancellationTokenSource();
        var work = LookAtHostsAsync(look, abort.Token);
        try
        {
            return await work.WaitAsync(deadline).ConfigureAwait(false);
        }
        finally
        {
            _remains = CleanUpAsync(work, abort);
        }
    }

    protected override string Late(Look look) =>
        _committing is { } facts ? PostgresJudge.Judge(new PostgresSight.InDoubt(facts, null), settings, Definition.Timeout).Finding.Reason : base.Late(look);

    protected override Finding Failed(Exception exception, Look look) => PostgresFailures.Describe(exception, _sources[0], settings.Server, Definition.Timeout);

    protected override void Dispose(bool disposing) => _ = EndAsync();

    private async Task EndAsync()
    {
        await _remains.ConfigureAwait(false);
        Drop();
        _sources.ForEach(source => source.Dispose());
    }

    /// <summary>After the end of a look, or of its time.</summary>
    private async Task CleanUpAsync(Task<Finding> work, CancellationTokenSource abort)
    {
        if (!work.IsCompleted)
        {
            // The client library sends a cancel request from inside this call and may wait for a server that is hung: not on the thread of a timer.
            await Task.Run(abort.Cancel).ConfigureAwait(false);
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Drop();
        }

        abort.Dispose();
    }

    private async Task<Finding> LookAtHostsAsync(Look look, CancellationToken abort)
    {
        var others = "";
        foreach (var (i, source) in _sources.Index())
        {
            var isLast = i == _sources.Count - 1;

            // A host that hangs must leave the others their time.
            using var share = new CancellationTokenSource(isLast ? Timeout.InfiniteTimeSpan : (Definition.Timeout - look.Elapsed) / (_sources.Count - i), Context.Clock.Provider);
            using var end = abort.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), share);
            var verdict = await LookAtAsync(source, look, share).ConfigureAwait(false);
            look.Value = verdict.Value;
            if (isLast || verdict.Finding.Outcome == ProbeOutcome.Up || _committing is not null)
            {
                return verdict.Finding.Outcome == ProbeOutcome.Up ? verdict.Finding : verdict.Finding with { Reason = others + verdict.Finding.Reason };
            }

            others += verdict.Finding.Reason + "; ";
        }

        throw new InvalidOperationException("a postgres probe without a host");
    }

    private async Task<PostgresVerdict> LookAtAsync(PostgresSource source, Look look, CancellationTokenSource share)
    {
        var abort = share.Token;
        try
        {
            var (conversation, facts) = await BeginAsync(source, look, abort).ConfigureAwait(false);
            look.Note(Story.PostgresSession, source.Target, facts.Version, facts.InRecovery ? "in recovery" : "primary");
            var wrong = PostgresJudge.WrongServer(facts, settings.Expected);
            if (wrong is null)
            {
                Context.Versions.Saw(Definition.Name, facts.Version);
            }

            var verdict = wrong ?? PostgresJudge.Judge(await LookAsync(conversation, facts, look, share).ConfigureAwait(false), settings, Definition.Timeout);
            if (!IsReused || verdict.Finding.Outcome != ProbeOutcome.Up)
            {
                Drop();
            }
            else if (_committing is null)
            {
                await conversation.RollBackAsync(abort).ConfigureAwait(false);
            }

            return verdict;
        }
        catch (Exception failure)
        {
            Drop();
            return _committing is { } facts
                ? PostgresJudge.Judge(PostgresConversation.Lost(facts, failure), settings, Definition.Timeout)
                : new PostgresVerdict(PostgresFailures.Describe(failure, source, settings.Server, Definition.Timeout));
        }
    }

    /// <summary>On the kept session; where that is gone, on a new one: nothing has been asked of the server yet.</summary>
    private async Task<(PostgresConversation Conversation, PostgresFacts Facts)> BeginAsync(PostgresSource source, Look look, CancellationToken abort)
    {
        if (_kept is { } kept && kept.Source == source)
        {
            try
            {
                var again = new PostgresConversation(kept.Connection, settings, Left, _margin);
                return (again, await again.BeginAsync(abort).ConfigureAwait(false));
            }
            catch (Exception failure) when (PostgresFailures.IsLostSession(failure))
            {
                look.Note(Story.PostgresSessionLost, source.Target, failure.Message);
            }
        }

        Drop();
        _kept = (source, await source.OpenAsync(look, abort).ConfigureAwait(false));
        var conversation = new PostgresConversation(_kept.Value.Connection, settings, Left, _margin);
        return (conversation, await conversation.BeginAsync(abort).ConfigureAwait(false));

        TimeSpan Left() => Definition.Timeout - look.Elapsed;
    }

    private async Task<PostgresSight> LookAsync(PostgresConversation conversation, PostgresFacts facts, Look look, CancellationTokenSource share)
    {
        var abort = share.Token;
        if (settings.Mode is PostgresProbeMode.Connect)
        {
            return new PostgresSight.Session(facts);
        }

        if (settings.Mode is PostgresProbeMode.Read)
        {
            return await conversation.AskAsync(facts, abort).ConfigureAwait(false);
        }

        if (await conversation.WriteAsync(Definition.Name, Context.Connections.Nonces.Next(), abort).ConfigureAwait(false) is { } refusal)
        {
            return new PostgresSight.Refused(facts, refusal);
        }

        if (settings.Mode is PostgresProbeMode.WriteRefused)
        {
            return new PostgresSight.WentThrough(facts);
        }

        // Behind a COMMIT no other host is asked, so this one has all the time that is left.
        share.CancelAfter(Timeout.InfiniteTimeSpan);
        abort.ThrowIfCancellationRequested();
        look.Note(Story.PostgresCommitSent, settings.Table);
        _committing = facts;
        return await conversation.CommitAsync(facts, abort).ConfigureAwait(false);
    }

    private void Drop()
    {
        // Closing says goodbye without waiting for an answer; the server rolls back what was open.
        _kept?.Connection.Dispose();
        _kept = null;
    }
}
