using DrOrchestrator.Drills;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>
/// The lab's people: each answers whatever waits for them, with a token of their own, until disposed. Over restarts of the server too: they ask for its address anew.
/// </summary>
internal sealed class Personas : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _over = new();
    private readonly Task _work;

    /// <param name="except">Items that nobody answers.</param>
    public Personas(ServerProcess server, LabPeople people, Func<PendingItem, bool>? except = null) => _work = Task.WhenAll(
        ((string[])[people.Requester, people.Approver, people.BusinessVerifier]).Select(token => AnswerAsync(server, token, except ?? (_ => false))));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task AnswerAsync(ServerProcess server, string tokenFile, Func<PendingItem, bool> except)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using ApiClient api = server.Client(tokenFile);
                foreach (PendingItem item in await api.PendingAsync(_over.Token))
                {
                    if (!except(item))
                    {
                        await api.AnswerAsync(item.Run, item.Name, confirmed: true, _over.Token);
                    }
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
