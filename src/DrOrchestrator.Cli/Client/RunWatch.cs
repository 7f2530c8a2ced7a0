using System.Runtime.CompilerServices;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Client;

/// <summary>The story of a run to its end, over broken connections and restarts of the server.</summary>
internal static class RunWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Every event once, in order; ends when the run is closed.</summary>
    public static async IAsyncEnumerable<RunEvent> FollowAsync(ApiClient api, long run, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The journal's first entry may be number 0.
        var last = -1L;
        while (true)
        {
            await foreach (var happened in api.EventsAsync(run, last, cancellationToken).ConfigureAwait(false))
            {
                if (happened.Sequence > last)
                {
                    last = happened.Sequence;
                    yield return happened;
                }
            }

            if ((await api.GetAsync<RunView>($"drills/{run}", cancellationToken).ConfigureAwait(false)).ClosedAt is not null)
            {
                yield break;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
