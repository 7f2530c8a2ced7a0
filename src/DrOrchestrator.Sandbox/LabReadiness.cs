using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox;

/// <summary>Looks at the lab as its users do, until all of it answers.</summary>
internal sealed class LabReadiness(LabSettings lab, Func<long> readyApis, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _client = new(Relay.NewHandler()) { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>A new lab: primary store, its two APIs, a standby that hears the primary, and a write through the front door.</summary>
    public async Task WaitForServiceAsync(CancellationToken cancellationToken)
    {
        await UntilAsync("the primary store", async () => Is(await StatusAsync(LabSettings.Primary).ConfigureAwait(false), "primary", connected: null), cancellationToken)
            .ConfigureAwait(false);
        await UntilAsync("the standby store", async () => Is(await StatusAsync(LabSettings.Dr).ConfigureAwait(false), "standby", connected: true), cancellationToken)
            .ConfigureAwait(false);
        await UntilAsync("two pods of ledger-api", () => Task.FromResult(readyApis() == 2), cancellationToken).ConfigureAwait(false);
        await UntilAsync("a write through the front door", WriteAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A lab that was used before: its front door. What else runs is up to what was decided in it; a fence must not keep the lab from starting.</summary>
    public Task WaitForFrontDoorAsync(CancellationToken cancellationToken) => UntilAsync("the front door", FrontDoorAnswersAsync, cancellationToken);

    public void Dispose() => _client.Dispose();

    private static bool Is(JsonObject? status, string role, bool? connected) =>
        status?.Text("role") == role && (connected is null || status.Flag("connected") == connected);

    private async Task UntilAsync(string what, Func<Task<bool>> look, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (!await LookAsync(look, cancellationToken).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(start) > Patience)
            {
                throw new IOException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the lab did not get ready: {what} did not answer within {Patience.TotalSeconds} s; see the logs of its pods below {lab.Folder}"));
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> LookAsync(Func<Task<bool>> look, CancellationToken cancellationToken)
    {
        try
        {
            return await look().ConfigureAwait(false);
        }
        catch (Exception e) when (CallFailure.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<JsonObject?> StatusAsync(string site) =>
        JsonWire.ParseObject(await _client.GetByteArrayAsync(new Uri(lab.StoreUrl(site), "/status")).ConfigureAwait(false));

    private async Task<bool> WriteAsync()
    {
        var entry = new JsonObject
        {
            ["id"] = $"lab-ready-{Guid.NewGuid():N}",
            ["kind"] = "probe",
            ["sentAt"] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            ["amount"] = 0,
        };
        using var body = new StringContent(entry.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _client.PostAsync(new Uri(lab.FrontDoorUrl, "/ledger/entries"), body).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.Created;
    }

    private async Task<bool> FrontDoorAnswersAsync()
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(lab.FrontDoorUrl, "/")).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.NotFound;
    }
}
