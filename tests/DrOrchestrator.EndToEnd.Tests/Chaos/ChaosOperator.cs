using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>
/// The person on duty: is asked what the engine does not decide alone (go on after a long gap, try again, what became of a step), keeps what was asked, mends what is said to be in
/// the way, and says "go on"; where nothing is left to switch for, "do not".
/// </summary>
internal sealed class ChaosOperator : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _over = new();
    private readonly List<string> _answered = [];
    private readonly Func<RunView, Task<bool>> _mend;
    private readonly Task _work;

    /// <param name="mend">Ends when what may be in the way is over; false where that leaves nothing to switch for.</param>
    public ChaosOperator(ServerProcess server, LabPeople people, long run, Func<RunView, Task<bool>> mend)
    {
        _mend = mend;
        _work = AnswerAsync(server, people.Requester, run);
    }

    /// <summary>What was asked, in the words of the question.</summary>
    public IReadOnlyList<string> Answered => _answered;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task AnswerAsync(ServerProcess server, string tokenFile, long run)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using ApiClient api = server.Client(tokenFile);
                foreach (PendingItem item in (await api.PendingAsync(_over.Token)).Where(item => item.Run == run && item.Kind is "resume" or "retry"))
                {
                    _answered.Add($"{item.Kind}: {item.Question}");
                    bool needed = await _mend(await api.RunAsync(run, _over.Token)).WaitAsync(_over.Token);

                    // What was undone is not begun again: looked at once more, with everything mended that could be, such a run is closed, and another one is what brings the service back.
                    bool goesOn = needed && (!item.Question.Contains("look again", StringComparison.Ordinal) || _answered.Count(said => said.Contains("look again", StringComparison.Ordinal)) == 1);
                    await api.AnswerAsync(item.Run, item.Name, goesOn, _over.Token);
                }
            }
            catch (Exception e) when (NoAnswer.Is(e) && !_over.IsCancellationRequested)
            {
                // The server is just being restarted.
            }

            await Patience.PauseAsync(Pause, _over.Token);
        }
    }
}
