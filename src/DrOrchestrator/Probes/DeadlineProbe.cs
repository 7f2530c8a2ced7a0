using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>
/// The frame of a look, the same for every kind: one deadline over all of it, what was thrown becomes a finding, being told to stop does not. A kind says only how it
/// looks and how it words its own failures. One look at a time.
/// </summary>
internal abstract class DeadlineProbe(ProbeDefinition definition, ProbeContext context) : IProbe
{
    protected ProbeDefinition Definition => definition;

    protected ProbeContext Context => context;

    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(definition.Timeout, context.Clock.Provider);
        using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        var look = new Look(context.Clock, deadline.Token);
        Finding finding;
        try
        {
            finding = await LookAsync(look, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            finding = LateFinding(look);
        }
        catch (LookEndedException ended)
        {
            finding = ended.Finding;
        }
        catch (Exception exception)
        {
            finding = Failed(exception, look);
        }

        return look.End(definition.Name, finding, context.TellAlways);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks once; may throw whatever it meets. Ends when <paramref name="deadline"/> is cancelled.</summary>
    protected abstract Task<Finding> LookAsync(Look look, CancellationToken deadline);

    /// <summary>The reason when the deadline came first.</summary>
    protected virtual string Late(Look look) => $"no answer {ProbeFailures.Within(definition.Timeout)}";

    /// <summary>What the deadline means: down, except where it is the means of looking that is late.</summary>
    protected virtual Finding LateFinding(Look look) =>
        Finding.Down(look.Handshakes is { } target ? $"no TLS handshake with {target} {ProbeFailures.Within(definition.Timeout)}" : Late(look));

    /// <summary>What was thrown, as a finding.</summary>
    protected abstract Finding Failed(Exception exception, Look look);

    /// <summary>Lets go of what outlives a look; most kinds have nothing.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
