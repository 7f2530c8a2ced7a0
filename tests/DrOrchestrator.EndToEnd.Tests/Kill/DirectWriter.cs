using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>Writes to each store directly, past the front door and every epoch of the orchestrator, about every 10 ms, until disposed.</summary>
internal sealed class DirectWriter : IAsyncDisposable
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly ConcurrentQueue<Acknowledgement> _acknowledged = [];
    private readonly CancellationTokenSource _over = new(Limit, TimeProvider.System);
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly Task _work;

    public DirectWriter(LabProcess lab) => _work = Task.WhenAll(((string[])["primary", "dr"]).Select(site => WriteAsync(site, lab.StoreUrl(site))));

    public IReadOnlyList<Acknowledgement> Acknowledged => [.. _acknowledged];

    private TimeSpan Now => TimeProvider.System.GetElapsedTime(_began);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work;
        _over.Dispose();
    }

    private async Task WriteAsync(string site, Uri store)
    {
        using var client = new HttpClient { BaseAddress = store, Timeout = TimeSpan.FromSeconds(1) };
        for (int number = 1; !_over.IsCancellationRequested; number++)
        {
            TimeSpan sent = Now;
            try
            {
                using HttpResponseMessage answer = await client.PostAsJsonAsync(
                    "ledger/entries", new { id = $"direct-{site}-{number}", kind = "user", sentAt = "2026-01-01T00:00:00Z", amount = number }, _over.Token);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    JsonNode body = (await answer.Content.ReadFromJsonAsync<JsonNode>(_over.Token))!;
                    _acknowledged.Enqueue(new Acknowledgement(site, body["epoch"]!.GetValue<long>(), sent, Now));
                }
            }
            catch (Exception e) when (NoAnswer.Is(e))
            {
                // Nobody there, or no answer: acknowledged is only what says so.
            }

            await Patience.PauseAsync(Spacing, CancellationToken.None);
        }
    }
}
