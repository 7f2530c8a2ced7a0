using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>
/// The container <c>ledger promote|demote|rejoin</c> of a Job. The last line of its output is one JSON object. Exit codes: 0 done (now or before), 10 refused and
/// surely nothing changed, anything else unknown.
/// </summary>
internal static class LedgerTool
{
    public const int Refused = 10;
    private const int Unknown = 1;
    private const string Usage = "usage: ledger promote --expect-epoch N | ledger demote --expect-epoch N | ledger rejoin";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, PodSettings settings, TextWriter output, TextWriter errors, TimeProvider time)
    {
        switch (arguments)
        {
            case ["promote" or "demote", "--expect-epoch", var text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long epoch):
                return await ChangeAsync(arguments[0], epoch, settings.StoreUrl, output, errors).ConfigureAwait(false);
            case ["rejoin"]:
                return await RejoinAsync(settings, output, errors, time).ConfigureAwait(false);
            default:
                await errors.WriteLineAsync($"ledger {string.Join(' ', arguments)}: not understood; {Usage}").ConfigureAwait(false);
                return Refused;
        }
    }

    private static async Task<int> ChangeAsync(string change, long epoch, Uri store, TextWriter output, TextWriter errors)
    {
        using var client = new HttpClient(Relay.NewHandler()) { Timeout = Patience };
        try
        {
            var address = new Uri(store, string.Create(CultureInfo.InvariantCulture, $"/{change}?expectEpoch={epoch}"));
            using HttpResponseMessage response = await client.PostAsync(address, content: null).ConfigureAwait(false);
            JsonObject? answer = JsonWire.ParseObject(await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false));
            if (response.IsSuccessStatusCode && answer is not null)
            {
                await output.WriteLineAsync(answer.ToJsonString()).ConfigureAwait(false);
                return 0;
            }

            bool refused = answer?.Flag("refused") == true;
            await errors.WriteLineAsync($"ledger {change}: {answer?.Text("reason") ?? $"the store answered HTTP {(int)response.StatusCode}"}").ConfigureAwait(false);
            return refused ? Refused : Unknown;
        }
        catch (Exception e) when (CallFailure.NothingWasSent(e))
        {
            await errors.WriteLineAsync($"ledger {change}: no connection to the store at {store}; nothing was asked of it").ConfigureAwait(false);
            return Refused;
        }
        catch (Exception e) when (CallFailure.Is(e))
        {
            await errors.WriteLineAsync($"ledger {change}: the store at {store} gave no answer; whether it did so is unknown until its status is read").ConfigureAwait(false);
            return Unknown;
        }
    }

    private static async Task<int> RejoinAsync(PodSettings settings, TextWriter output, TextWriter errors, TimeProvider time)
    {
        using Volume? volume = Volume.TryTake(settings.Volume);
        if (volume is null)
        {
            await errors.WriteLineAsync($"ledger rejoin: the volume {settings.Volume} is in use; a store still runs on it, or another rejoin. Stop it first").ConfigureAwait(false);
            return Refused;
        }

        using var peer = new PeerLedger(settings.PeerStoreUrl, Patience);
        RejoinAnswer answer = await new Rejoin(volume, peer, time).RunAsync().ConfigureAwait(false);
        if (answer.Refusal is { } refusal)
        {
            await errors.WriteLineAsync($"ledger rejoin: {refusal}").ConfigureAwait(false);
            return Refused;
        }

        await output.WriteLineAsync(answer.Result!.ToJsonString()).ConfigureAwait(false);
        return 0;
    }
}
