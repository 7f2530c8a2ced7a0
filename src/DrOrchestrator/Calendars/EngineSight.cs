using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars;

/// <summary>
/// What is known of an engine whose condition is kept in a database: asked for in the background, one question at a time, so that whoever reads it waits for nothing. What was
/// seen is good for <see cref="ValidFor"/>; after that nobody can tell, whatever it was.
/// </summary>
/// <param name="ask">May take as long as the database does.</param>
internal sealed class EngineSight(string engine, Func<CancellationToken, Task<EngineCondition>> ask, ProcessClock clock, ILogger logger)
{
    /// <summary>How long one look speaks for an engine.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(100);

    private readonly DateTimeOffset _began = clock.Now;
    private volatile Seen? _newest;
    private bool _failed;

    /// <summary>The newest condition and the moment it was asked for; null before the first answer.</summary>
    public (EngineCondition Condition, DateTimeOffset? ObservedAt) Read() => _newest switch
    {
        null => (clock.Now - _began <= ValidFor ? EngineCondition.Starting : EngineCondition.Unknown, null),
        var seen when clock.Now - seen.At <= ValidFor => (seen.Condition, seen.At),
        var seen => (EngineCondition.Unknown, seen.At),
    };

    /// <summary>Looks every second (more often while it comes up) until it is stopped. A question that gets no answer is waited for here and nowhere else.</summary>
    public async Task WatchAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(_newest is { Condition: EngineCondition.Starting } ? WhileStarting : Every, clock.Provider, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping, perhaps in the middle of a question.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var at = clock.Now;
        try
        {
            // On a thread of the pool: some engines only know how to block.
            _newest = new Seen(await Task.Run(() => ask(stoppingToken), stoppingToken).WaitAsync(stoppingToken).ConfigureAwait(false), at);
            _failed = false;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // Said once; what was seen expires meanwhile.
            if (!_failed)
            {
                logger.EngineNotSeen(engine, failure);
            }

            _failed = true;
        }
    }

    private sealed record Seen(EngineCondition Condition, DateTimeOffset At);
}
